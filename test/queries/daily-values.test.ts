import { expect, onTestFinished, test } from 'vitest';

import type { FetchResult } from '../../src/core/fetch-result.js';
import type { PriceType, TradingHours } from '../../src/core/tables/bars.js';
import type { RowsOf } from '../../src/core/tables/rows.js';
import { systemClock } from '../../src/core/time/clock.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../src/lake/writer/lake-writer.js';
import { overviewRows } from '../../src/run/compute/overview-rows.js';
import { queryDailyCloses, queryDailyVolatilities } from '../../src/queries/daily-values.js';
import type { QueryableLake } from '../../src/queries/queryable-lake.js';
import { queryVolatilityHistory } from '../../src/queries/volatility-history.js';
import { createInstrument } from '../fixtures/pipelines.js';
import { createBarRows } from '../fixtures/rows.js';
import { author, temporaryFolder } from '../lake/lake-fixture.js';

const friday = Date.parse('2026-11-20T21:00:00Z');
const day = 86_400_000;
const query = { provider: 'mock', symbols: ['SPY', 'EUR'], from: '2026-11-01' };

async function openLake(
  results: readonly Omit<FetchResult, 'step' | 'requestedAt' | 'upstream'>[],
): Promise<QueryableLake> {
  const folder = await temporaryFolder();
  const writer = await openLakeWriter({ folder, author, clock: systemClock, emit: () => undefined });
  for (const result of results)
    await writer.receive({ ...result, step: 'any', requestedAt: result.answeredAt, upstream: [] });
  await writer.finish();
  await writer.close();
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

let requests = 0;

function bars(
  symbol: string,
  priceType: PriceType,
  hours: TradingHours,
  close: number,
): Parameters<typeof openLake>[0][0] {
  const rows = createBarRows('equity_bars', [friday - day, friday], close);
  return {
    ...{ requestId: `${author.runId}/${++requests}`, answeredAt: friday },
    series: {
      ...{ dataset: 'equity_bars', provider: 'mock', instrument: createInstrument(symbol), barSize: '1 day' },
      ...{ priceType, hours },
    },
    closedWindows: [{ window: { start: friday - 2 * day, end: friday + 1 }, state: 'data', rows: rows.length }],
    rows,
  };
}

test('queryDailyCloses takes the closes of trades in regular hours, whatever else the lake has', async () => {
  const lake = await openLake([
    ...[bars('SPY', 'TRADES', 'all', 1), bars('SPY', 'TRADES', 'rth', 2), bars('SPY', 'MIDPOINT', 'rth', 3)],
    ...[bars('SPY', 'BID', 'rth', 4), bars('EUR', 'MIDPOINT', 'all', 5), bars('EUR', 'BID', 'rth', 6)],
  ]);
  const closes = await queryDailyCloses(lake, query);
  const spy = closes.get('SPY');
  expect(spy?.kind).toEqual({ priceType: 'TRADES', hours: 'rth' });
  expect(spy?.values.map(({ value }) => value)).toEqual([2, 2]);
  // Without trades the next kind counts, never one side of the market.
  expect(closes.get('EUR')).toMatchObject({ kind: { priceType: 'MIDPOINT', hours: 'all' } });
  expect(closes.get('EUR')?.values.map(({ value }) => value)).toEqual([5, 5]);
});

function overview(back: number, volatility: number, atmIvDays: number): Parameters<typeof openLake>[0][0] {
  const at = friday - back * day;
  const session = new Date(at).toISOString().slice(0, 10);
  const chain = { length: 0, expiry: new Float64Array(), right: new Int8Array(), strike: new Float64Array() };
  const empty = { volatility: new Float64Array(), volume: new Float64Array(), openInterest: new Float64Array() };
  const rows: RowsOf<'overviews'> = overviewRows({
    ...{ chain: { ...chain, ...empty }, expiries: [], spot: 100, rate: 0, dividendYield: 0, session, atmIvDays },
    ...{ priorVolatilities: [], rankDays: 252, closes: [], volatilityIndex: NaN, expected: [] },
  });
  return {
    ...{ requestId: `${author.runId}/${++requests}`, answeredAt: at },
    series: { dataset: 'overviews', provider: 'mock', instrument: createInstrument('SPY'), expected: [] },
    closedWindows: [{ window: { start: at, end: at + 1 }, state: 'data', rows: 1 }],
    rows: { ...rows, columns: { ...rows.columns, atm_iv: Float64Array.of(volatility) } },
  };
}

test('queryDailyVolatilities compares volatilities of one term only', async () => {
  const lake = await openLake([overview(3, 0.1, 30), overview(2, 0.2, 30), overview(1, 0.9, 7), overview(0, 0.3, 30)]);
  const values = (await queryDailyVolatilities(lake, { ...query, termDays: 30 })).get('SPY');
  expect(values?.map(({ value }) => value)).toEqual([0.1, 0.2, 0.3]);
  expect(values?.[0]?.requestId).toMatch(/^01980000-/);
  const history = await queryVolatilityHistory(lake, { symbol: 'SPY', at: friday });
  expect(history).toMatchObject({ termDays: 30, missing: null });
  expect(history?.days.map(({ value }) => value)).toEqual([0.1, 0.2, 0.3]);
});

test('queryVolatilityHistory says why the latest overview has no volatility', async () => {
  const lake = await openLake([overview(0, NaN, 30)]);
  expect(await queryVolatilityHistory(lake, { symbol: 'SPY', at: friday })).toEqual({
    ...{ provider: 'mock', days: [] },
    missing: expect.objectContaining({ session: '2026-11-20', termDays: 30, reason: 'no-options' }) as unknown,
  });
});
