import { describe, expect, test } from 'vitest';

import { blackScholesPrice } from '../../src/analytics/black.js';
import { defaultAnalytics } from '../../src/core/analytics-settings.js';
import type { Delivery } from '../../src/core/delivery.js';
import { snapshotRows } from '../../src/core/reading-rows.js';
import type { RowsOf } from '../../src/core/rows.js';
import type { Right, SeriesOf } from '../../src/core/series.js';
import { addDays, dayNumber } from '../../src/core/time.js';
import type { Instant, LocalDate } from '../../src/core/time.js';
import { computing } from '../../src/derive/computing.js';
import type { Computing } from '../../src/derive/contract.js';
import type { Background } from '../../src/derive/background.js';
import type { KnownPrice } from '../../src/plan/knowledge.js';
import type { ChainOption } from '../../src/readings/chain.js';
import { instrumentOf } from '../fixtures/pipelines.js';
import { calendarNamed } from '../fixtures/planning.js';
import { barRows } from '../fixtures/rows.js';

const friday = Date.parse('2026-11-20T18:00:00Z');
const instrument = { ...instrumentOf('SPY'), kind: 'index' as const };

interface World {
  readonly background?: Partial<Background>;
  readonly prices?: Readonly<Record<string, KnownPrice>>;
}

function computingIn({ background = {}, prices = {} }: World = {}): Computing {
  return computing({
    settings: defaultAnalytics,
    knowledge: { price: (_provider, symbol) => prices[symbol] },
    calendar: calendarNamed,
    background: {
      volatilities: () => Promise.resolve([]),
      closes: () => Promise.resolve([]),
      options: () => Promise.resolve([]),
      ...background,
    },
    keepsAnswers: true,
  });
}

function seriesOf(expiry: LocalDate): SeriesOf<'option_snapshots'> {
  return { dataset: 'option_snapshots', provider: 'mock', instrument, expiry, part: 1, contracts: [] };
}

const strikes = [90, 95, 100, 105, 110];

/** An answer about an expiry whose options all have this volatility. */
function answerOf(computed: Computing, expiry: LocalDate, volatility: number, at: Instant = friday): Delivery {
  const series = seriesOf(expiry);
  const close = Date.parse(`${expiry}T21:00:00Z`);
  const years = (close - at) / (365 * 86_400_000);
  const readings = strikes.flatMap((strike) =>
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
  const rows = computed.evaluate(series, snapshotRows(readings), at);
  const window = { start: at, end: at + 1 };
  return {
    requestId: `run/${expiry}`,
    series,
    step: 'snapshots',
    requestedAt: at,
    answeredAt: at,
    upstream: [],
    settled: [{ window, state: 'data', rows: rows?.length ?? 0 }],
    rows,
  };
}

async function overview(
  computed: Computing,
  expected: SeriesOf<'overviews'>['expected'] = [],
  at: Instant = friday,
): Promise<{ readonly columns: RowsOf<'overviews'>['columns']; readonly upstream: readonly string[] }> {
  const { outcome, upstream } = await computed.compute(
    { dataset: 'overviews', provider: 'mock', instrument, expected },
    at,
  );
  if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'overviews') throw new Error(outcome.kind);
  return { columns: outcome.rows.columns, upstream };
}

/** The row as numbers and texts. */
function plain(columns: RowsOf<'overviews'>['columns']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[0]]));
}

describe('an answer', () => {
  test('gets volatility and Greeks of the time that is left to the close of its expiry', () => {
    const { rows } = answerOf(computingIn(), '2026-12-18', 0.2);
    if (rows?.dataset !== 'option_snapshots') throw new Error('no rows');
    for (const iv of rows.columns.iv) expect(iv).toBeCloseTo(0.2, 9);
    expect(new Set(rows.columns.iv_source)).toEqual(new Set(['computed']));
  });

  test('of a Sunday is of the close before', () => {
    const sunday = Date.parse('2026-11-22T12:00:00Z');
    const computed = computingIn();
    const close = Date.parse('2026-11-20T21:00:00Z');
    const { rows } = answerOf(computed, '2026-11-27', 0.2, close);
    if (rows?.dataset !== 'option_snapshots') throw new Error('no rows');
    const again = computed.evaluate(seriesOf('2026-11-27'), rows, sunday);
    if (again?.dataset !== 'option_snapshots') throw new Error('no rows');
    expect(again.columns.iv).toEqual(rows.columns.iv);
  });

  test('of another table stays as it is', () => {
    const rows = barRows('equity_bars', [friday]);
    const series = {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument,
      barSize: '1 day',
      what: 'TRADES',
      hours: 'rth',
    } as const;
    expect(computingIn().evaluate(series, rows, friday)).toBe(rows);
    expect(computingIn().evaluate(series, null, friday)).toBe(null);
  });
});

describe('an overview', () => {
  test('adds up what the run was answered, and names the answers', async () => {
    const computed = computingIn();
    computed.learn(answerOf(computed, '2026-12-04', 0.2));
    computed.learn(answerOf(computed, '2027-01-15', 0.3));
    const { columns, upstream } = await overview(computed, [
      { expiry: '2026-12-04', strikes: 5 },
      { expiry: '2027-01-15', strikes: 6 },
      { expiry: '2027-02-19', strikes: 5 },
    ]);
    expect(upstream).toEqual(['run/2026-12-04', 'run/2027-01-15']);
    expect(plain(columns)).toMatchObject({
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
      session: dayNumber('2026-11-20'),
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

  test('takes expiries that this run did not ask for from the lake, if they are not an hour old', async () => {
    const option = (expiry: LocalDate, ts: Instant): ChainOption => ({
      ...{ ts, expiry, strike: 100, right: 'C', bid: 1, ask: 1, last: 1, volume: 1, openInterest: 1 },
      ...{ iv: 0.2, delta: 0.5, gamma: 0, theta: 0, vega: 0, rho: 0 },
      ...{ underlyingPrice: 99, ivSource: 'computed', ivReason: null, requestId: `held/${expiry}` },
    });
    const held = [
      option('2026-12-04', friday - 60_000),
      option('2026-12-11', friday - 60_000),
      option('2026-12-18', friday - 3_700_000),
    ];
    const computed = computingIn({ background: { options: () => Promise.resolve(held) } });
    computed.learn(answerOf(computed, '2026-12-04', 0.2));
    const { upstream, columns } = await overview(computed, [
      { expiry: '2026-12-04', strikes: 5 },
      { expiry: '2026-12-11', strikes: 1 },
    ]);
    expect(upstream).toEqual(['run/2026-12-04', 'held/2026-12-11']);
    expect(columns.spot_price[0]).toBe(100);
  });

  test('of nothing seen is empty', async () => {
    const { outcome } = await computingIn().compute(
      { dataset: 'overviews', provider: 'mock', instrument, expected: [] },
      friday,
    );
    expect(outcome).toEqual({ kind: 'empty' });
  });

  test('ranks today among the days before, and leaves out an earlier reading of today', async () => {
    const days = Array.from({ length: 40 }, (_, index) => ({
      session: addDays('2026-11-20', index - 39),
      value: 0.1 + index / 1000,
    }));
    const computed = computingIn({ background: { volatilities: () => Promise.resolve(days) } });
    computed.learn(answerOf(computed, '2026-12-18', 0.12));
    const { columns } = await overview(computed);
    expect(columns.iv_days[0]).toBe(40);
    expect(columns.iv_rank[0]).toBeCloseTo((0.02 / 0.038) * 100, 6);
    expect(columns.iv_percentile[0]).toBeCloseTo((20 / 40) * 100, 6);
  });

  test('reads the trend from closes of the lake and of this run', async () => {
    const held = Array.from({ length: 59 }, (_, index) => ({
      session: addDays('2026-11-19', index - 58),
      value: 10 + index,
    }));
    const computed = computingIn({ background: { closes: () => Promise.resolve(held) } });
    computed.learn(answerOf(computed, '2026-12-18', 0.2));
    expect((await overview(computed)).columns.trend).toEqual(['uptrend']);
    computed.learn(answerOf(computed, '2026-12-18', 0.2));
    const bars = barRows('equity_bars', [friday]);
    const series = {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument,
      barSize: '1 day',
      what: 'TRADES',
      hours: 'rth',
    } as const;
    const columns = { ...bars.columns, session: Float64Array.of(dayNumber('2026-11-20')), close: Float64Array.of(11) };
    const rows = { ...bars, dataset: 'equity_bars' as const, columns };
    computed.learn({ ...answerOf(computed, '2026-12-18', 0.2), series, rows });
    expect((await overview(computed)).columns.trend).toEqual(['neutral']);
  });

  test('shows the volatility index as last known, but not of days ago', async () => {
    const at = async (on: LocalDate): Promise<number | undefined> => {
      const computed = computingIn({ prices: { VIX: { price: 18.5, on, requestId: 'run/9' } } });
      computed.learn(answerOf(computed, '2026-12-18', 0.2));
      return (await overview(computed)).columns.vix[0];
    };
    expect(await at('2026-11-20')).toBe(18.5);
    expect(await at('2026-11-19')).toBe(18.5);
    expect(await at('2026-11-18')).toBeNaN();
  });
});

test('no other table is computed', async () => {
  const { outcome } = await computingIn().compute({ dataset: 'quotes', provider: 'mock', instrument }, friday);
  expect(outcome).toMatchObject({ kind: 'failure', failure: { kind: 'invalid' } });
});
