import { describe, expect, test } from 'vitest';

import { requireCalendar } from '../../fixtures/require-calendar.js';
import { blackScholesPrice } from '../../../src/analytics/european/black.js';
import { defaultAnalytics } from '../../../src/core/analytics-settings.js';
import type { FetchResult } from '../../../src/core/fetch-result.js';
import { toSnapshotRows } from '../../../src/core/tables/quote-rows.js';
import type { RowsOf } from '../../../src/core/tables/rows.js';
import type { OptionContract, Right, SeriesOf } from '../../../src/core/series.js';
import { addDays, toDayNumber } from '../../../src/core/time/time.js';
import type { Instant, LocalDate } from '../../../src/core/time/time.js';
import { createDeriver } from '../../../src/run/compute/create-deriver.js';
import type { Deriver } from '../../../src/run/compute/deriver.js';
import type { LakeHistory } from '../../../src/run/compute/lake-history.js';
import type { KnownPrice } from '../../../src/plan/known-state.js';
import type { ChainOption } from '../../../src/queries/option-chain.js';
import { omitUndefined } from '../../../src/platform/omit-undefined.js';
import { createInstrument } from '../../fixtures/pipelines.js';
import { createBarRows } from '../../fixtures/rows.js';

const friday = Date.parse('2026-11-20T18:00:00Z');
const instrument = { ...createInstrument('SPY'), kind: 'index' as const };

interface DeriverSetup {
  readonly history?: Partial<LakeHistory>;
  readonly prices?: Readonly<Record<string, KnownPrice>>;
}

function createTestDeriver({ history = {}, prices = {} }: DeriverSetup = {}): Deriver {
  return createDeriver({
    settings: defaultAnalytics,
    knownState: { price: (_provider, symbol) => prices[symbol], chain: () => undefined },
    calendar: requireCalendar,
    history: {
      volatilities: () => Promise.resolve([]),
      closes: () => Promise.resolve(undefined),
      options: () => Promise.resolve([]),
      ...history,
    },
    recordsAnswers: true,
  });
}

function snapshotSeries(expiry: LocalDate): SeriesOf<'option_snapshots'> {
  return { dataset: 'option_snapshots', provider: 'mock', instrument, expiry, part: 1, contracts: [] };
}

const strikes = [90, 95, 100, 105, 110];

/** Answers for an expiry whose options all have the given volatility. */
function recordAnswer(deriver: Deriver, expiry: LocalDate, volatility: number, at: Instant = friday): FetchResult {
  const series = snapshotSeries(expiry);
  const close = Date.parse(`${expiry}T21:00:00Z`);
  const years = (close - at) / (365 * 86_400_000);
  const quotes = strikes.flatMap((strike) =>
    (['C', 'P'] as const).map((right: Right) => {
      const last = blackScholesPrice({ right, spot: 100, strike, years, rate: 0.04, dividendYield: 0, volatility });
      const sizes = right === 'C' ? { volume: 10, openInterest: 100 } : { volume: 20, openInterest: 50 };
      const model = { iv: null, delta: null, gamma: null, theta: null, vega: null };
      return {
        strike,
        right,
        conId: null,
        bid: last,
        ask: last,
        last,
        ...sizes,
        underlyingPrice: 100,
        ...model,
        delayed: false,
      };
    }),
  );
  const rows = deriver.evaluate(series, toSnapshotRows(quotes), at);
  const window = { start: at, end: at + 1 };
  return {
    requestId: `run/${expiry}`,
    series,
    step: 'snapshots',
    requestedAt: at,
    answeredAt: at,
    upstream: [],
    closedWindows: [{ window, state: 'data', rows: rows?.length ?? 0 }],
    rows,
  };
}

async function overview(
  deriver: Deriver,
  expected: SeriesOf<'overviews'>['expected'] = [],
  at: Instant = friday,
  optionsSince?: Instant,
): Promise<{ readonly columns: RowsOf<'overviews'>['columns']; readonly upstream: readonly string[] }> {
  const { outcome, upstream } = await deriver.compute(
    { dataset: 'overviews', provider: 'mock', instrument, expected, ...omitUndefined({ optionsSince }) },
    at,
  );
  if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'overviews') throw new Error(outcome.kind);
  return { columns: outcome.rows.columns, upstream };
}

function firstRow(columns: RowsOf<'overviews'>['columns']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[0]]));
}

describe('evaluate', () => {
  test('fills in volatility and Greeks for the time to the close of the expiry', () => {
    const { rows } = recordAnswer(createTestDeriver(), '2026-12-18', 0.2);
    if (rows?.dataset !== 'option_snapshots') throw new Error('no rows');
    for (const iv of rows.columns.iv) expect(iv).toBeCloseTo(0.2, 9);
    expect(new Set(rows.columns.iv_source)).toEqual(new Set(['computed']));
  });

  test('evaluates Sunday quotes as of the close before', () => {
    const sunday = Date.parse('2026-11-22T12:00:00Z');
    const deriver = createTestDeriver();
    const close = Date.parse('2026-11-20T21:00:00Z');
    const { rows } = recordAnswer(deriver, '2026-11-27', 0.2, close);
    if (rows?.dataset !== 'option_snapshots') throw new Error('no rows');
    const again = deriver.evaluate(snapshotSeries('2026-11-27'), rows, sunday);
    if (again?.dataset !== 'option_snapshots') throw new Error('no rows');
    expect(again.columns.iv).toEqual(rows.columns.iv);
  });

  test('fills in the trading class, and ends SPX at the opening of the third Friday', () => {
    const deriver = createTestDeriver();
    const volatilities = (tradingClass: string): readonly number[] => {
      const contract: OptionContract = { expiry: '2026-12-18', strike: 100, right: 'C', conId: null, tradingClass };
      const series = { ...snapshotSeries('2026-12-18'), contracts: [contract] };
      const spx = { ...series, instrument: { ...instrument, symbol: 'SPX' } };
      const { rows } = recordAnswer(createTestDeriver(), '2026-12-18', 0.2);
      const evaluated = deriver.evaluate(spx, rows, friday);
      if (evaluated?.dataset !== 'option_snapshots') throw new Error('no rows');
      expect(new Set(evaluated.columns.trading_class)).toEqual(new Set([tradingClass]));
      return [...evaluated.columns.iv];
    };
    // The same prices for 6.5 hours less of 28 days.
    const ratio = Math.sqrt((28 + 3 / 24) / (28 + 3 / 24 - 6.5 / 24));
    const [spx = NaN] = volatilities('SPX').slice(4);
    const [spxw = NaN] = volatilities('SPXW').slice(4);
    expect(spxw).toBeCloseTo(0.2, 9);
    expect(Math.abs(spx / spxw - ratio)).toBeLessThan(0.001);
  });

  test('returns rows of other tables unchanged', () => {
    const rows = createBarRows('equity_bars', [friday]);
    const series = {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument,
      barSize: '1 day',
      priceType: 'TRADES',
      hours: 'rth',
    } as const;
    expect(createTestDeriver().evaluate(series, rows, friday)).toBe(rows);
    expect(createTestDeriver().evaluate(series, null, friday)).toBe(null);
  });
});

describe('an overview', () => {
  test('sums the answers of the run and names their requests', async () => {
    const deriver = createTestDeriver();
    deriver.record(recordAnswer(deriver, '2026-12-04', 0.2));
    deriver.record(recordAnswer(deriver, '2027-01-15', 0.3));
    const { columns, upstream } = await overview(deriver, [
      { expiry: '2026-12-04', strikes: 5 },
      { expiry: '2027-01-15', strikes: 6 },
      { expiry: '2027-02-19', strikes: 5 },
    ]);
    expect(upstream).toEqual(['run/2026-12-04', 'run/2027-01-15']);
    expect(firstRow(columns)).toMatchObject({
      spot_price: 100,
      pcr_oi: 0.5,
      pcr_volume: 2,
      call_count: 10,
      put_count: 10,
      total_call_oi: 1000,
      calls_itm: 4,
      calls_otm: 6,
      puts_itm: 4,
      iv_rank: NaN,
      iv_days: 1,
      vix: NaN,
      trend: null,
      session: toDayNumber('2026-11-20'),
      strikes_expected: 16,
      strikes_held: 10,
      expiries_expected: 3,
      expiries_held: 2,
      missing_expiries: '2027-02-19',
    });
    // Between the variances of two and of eight weeks.
    expect(columns.atm_iv[0]).toBeGreaterThan(0.2);
    expect(columns.atm_iv[0]).toBeLessThan(0.3);
  });

  test('reads other expiries from the lake when they are younger than an hour', async () => {
    const option = (expiry: LocalDate, ts: Instant): ChainOption => ({
      ...{ ts, expiry, strike: 100, right: 'C', bid: 1, ask: 1, last: 1, volume: 1, openInterest: 1 },
      ...{ iv: 0.2, delta: 0.5, gamma: 0, theta: 0, vega: 0, rho: 0 },
      ...{ underlyingPrice: 99, ivSource: 'computed', ivReason: null, requestId: `lake/${expiry}`, tradingClass: null },
    });
    const stored = [
      option('2026-12-04', friday - 60_000),
      option('2026-12-11', friday - 60_000),
      option('2026-12-18', friday - 3_700_000),
    ];
    const deriver = createTestDeriver({ history: { options: () => Promise.resolve(stored) } });
    deriver.record(recordAnswer(deriver, '2026-12-04', 0.2));
    const { upstream, columns } = await overview(deriver, [
      { expiry: '2026-12-04', strikes: 5 },
      { expiry: '2026-12-11', strikes: 1 },
    ]);
    expect(upstream).toEqual(['run/2026-12-04', 'lake/2026-12-11']);
    expect(columns.spot_price[0]).toBe(100);
  });

  test('has a row without coverage and a reason when no option came', async () => {
    const old: ChainOption = {
      ...{ ts: friday - 600_000, expiry: '2026-12-04', strike: 100, right: 'C', bid: 1, ask: 1, last: 1 },
      ...{ volume: 1, openInterest: 1, iv: 0.2, delta: 0.5, gamma: 0, theta: 0, vega: 0, rho: 0 },
      ...{ underlyingPrice: 99, ivSource: 'computed', ivReason: null, requestId: 'lake/1', tradingClass: null },
    };
    const deriver = createTestDeriver({
      history: { options: () => Promise.resolve([old]) },
      prices: { SPY: { price: 101, date: '2026-11-20', requestId: 'run/quote' } },
    });
    const { columns, upstream } = await overview(deriver, [{ expiry: '2026-12-04', strikes: 5 }], friday, friday);
    expect(firstRow(columns)).toMatchObject({
      spot_price: 101,
      atm_iv: NaN,
      atm_iv_days: 30,
      atm_iv_reason: 'no-options',
      strikes_expected: 5,
      strikes_held: 0,
      expiries_held: 0,
      missing_expiries: '2026-12-04',
    });
    expect(upstream).toEqual(['run/quote']);
  });

  test('has no volatility of three days for a term of thirty', async () => {
    const deriver = createTestDeriver();
    deriver.record(recordAnswer(deriver, '2026-11-23', 0.6));
    const { columns } = await overview(deriver);
    expect(firstRow(columns)).toMatchObject({ atm_iv: NaN, atm_iv_days: 30, atm_iv_reason: 'no-later-expiry' });
  });

  test('names the requests of the first and last value that rank and trend compare', async () => {
    const values = Array.from({ length: 60 }, (_, index) => ({
      ...{ session: addDays('2026-11-19', index - 59), value: 0.1 + index / 1000, requestId: `lake/${index}` },
    }));
    const deriver = createTestDeriver({
      history: {
        volatilities: () => Promise.resolve(values),
        closes: () => Promise.resolve({ kind: { priceType: 'TRADES', hours: 'rth' }, values: values.slice(5) }),
      },
    });
    deriver.record(recordAnswer(deriver, '2026-12-18', 0.12));
    const { upstream } = await overview(deriver);
    // The trend takes the last 50 closes.
    expect(upstream).toEqual(['run/2026-12-18', 'lake/10', 'lake/59', 'lake/0']);
  });

  test('ranks today among earlier days without an earlier value of today', async () => {
    const days = Array.from({ length: 40 }, (_, index) => ({
      session: addDays('2026-11-20', index - 39),
      value: 0.1 + index / 1000,
      requestId: `lake/${index}`,
    }));
    const deriver = createTestDeriver({ history: { volatilities: () => Promise.resolve(days) } });
    deriver.record(recordAnswer(deriver, '2026-12-18', 0.12));
    const { columns } = await overview(deriver);
    expect(columns.iv_days[0]).toBe(40);
    expect(columns.iv_rank[0]).toBeCloseTo((0.02 / 0.038) * 100, 6);
    expect(columns.iv_percentile[0]).toBeCloseTo((20 / 40) * 100, 6);
  });

  test('computes the trend from closes of the lake and of the run', async () => {
    const stored = Array.from({ length: 59 }, (_, index) => ({
      session: addDays('2026-11-19', index - 58),
      value: 10 + index,
      requestId: 'lake/1',
    }));
    const kind = { priceType: 'TRADES', hours: 'rth' } as const;
    const deriver = createTestDeriver({ history: { closes: () => Promise.resolve({ kind, values: stored }) } });
    deriver.record(recordAnswer(deriver, '2026-12-18', 0.2));
    expect((await overview(deriver)).columns.trend).toEqual(['uptrend']);
    deriver.record(recordAnswer(deriver, '2026-12-18', 0.2));
    const bars = createBarRows('equity_bars', [friday]);
    const series = {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument,
      barSize: '1 day',
      priceType: 'TRADES',
      hours: 'rth',
    } as const;
    const columns = {
      ...bars.columns,
      session: Float64Array.of(toDayNumber('2026-11-20')),
      close: Float64Array.of(11),
    };
    const rows = { ...bars, dataset: 'equity_bars' as const, columns };
    deriver.record({ ...recordAnswer(deriver, '2026-12-18', 0.2), series, rows });
    expect((await overview(deriver)).columns.trend).toEqual(['neutral']);
  });

  test('does not mix closes of other prices or hours into the trend', async () => {
    const stored = Array.from({ length: 60 }, (_, index) => ({
      ...{ session: addDays('2026-11-19', index - 59), value: 10 + index, requestId: 'lake/1' },
    }));
    const kind = { priceType: 'TRADES', hours: 'rth' } as const;
    const trendWith = async (priceType: 'TRADES' | 'BID' | 'MIDPOINT', hours: 'rth' | 'all'): Promise<unknown> => {
      const deriver = createTestDeriver({ history: { closes: () => Promise.resolve({ kind, values: stored }) } });
      const answer = recordAnswer(deriver, '2026-12-18', 0.2);
      const bars = createBarRows('equity_bars', [friday]);
      const session = Float64Array.of(toDayNumber('2026-11-20'));
      const columns = { ...bars.columns, session, close: Float64Array.of(11) };
      deriver.record(answer);
      deriver.record({
        ...answer,
        series: { dataset: 'equity_bars', provider: 'mock', instrument, barSize: '1 day', priceType, hours },
        rows: { ...bars, dataset: 'equity_bars', columns },
      });
      return (await overview(deriver)).columns.trend[0];
    };
    expect(await trendWith('TRADES', 'rth')).toBe('neutral');
    for (const [priceType, hours] of [
      ['BID', 'rth'],
      ['TRADES', 'all'],
      ['MIDPOINT', 'rth'],
    ] as const)
      expect(await trendWith(priceType, hours)).toBe('uptrend');
  });

  test('has the latest volatility index unless the index is days old', async () => {
    const at = async (on: LocalDate): Promise<number | undefined> => {
      const deriver = createTestDeriver({ prices: { VIX: { price: 18.5, date: on, requestId: 'run/9' } } });
      deriver.record(recordAnswer(deriver, '2026-12-18', 0.2));
      return (await overview(deriver)).columns.vix[0];
    };
    expect(await at('2026-11-20')).toBe(18.5);
    expect(await at('2026-11-19')).toBe(18.5);
    expect(await at('2026-11-18')).toBeNaN();
  });
});

test('rejects the computation of other tables', async () => {
  const { outcome } = await createTestDeriver().compute({ dataset: 'quotes', provider: 'mock', instrument }, friday);
  expect(outcome).toMatchObject({ kind: 'failure', failure: { kind: 'invalid' } });
});
