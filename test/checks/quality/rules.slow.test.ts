import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { compileRule } from '../../../src/checks/quality/compile-rule.js';
import type { QualityRule } from '../../../src/core/quality/quality-rule.js';
import { day } from '../../../src/core/time/time.js';

const open = Date.UTC(2026, 10, 2, 14, 30);
const noThresholds = { min: null, max: null, bars: null, maxAge: null };

function createRule(rule: Partial<QualityRule>): QualityRule {
  return {
    name: 'rule',
    kind: 'range',
    dataset: 'equity_bars',
    column: 'close',
    sql: null,
    severity: 'warning',
    onFail: 'report',
    isGap: false,
    symbols: ['A', 'B'],
    examinesAll: false,
    overrides: [],
    ...rule,
    thresholds: { ...noThresholds, ...rule.thresholds },
  };
}

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
});
afterAll(() => connection.closeSync());

interface Bar {
  readonly symbol?: string;
  readonly at: number;
  readonly close: number;
  readonly high?: number;
  readonly low?: number;
  readonly size?: string;
}

/** Defines the relations of a table of bars; the changed ones begin at an instant. */
async function defineBars(bars: readonly Bar[], changedFrom = 0): Promise<void> {
  const values = bars.map(
    ({ symbol = 'A', at, close, high = close, low = close, size = '1 day' }) =>
      `('${symbol}', 'mock', '${size}', 'TRADES', true, make_timestamptz(${String(at)} * 1000), to_timestamp(${String(at / 1000)})::DATE, ${String(close)}, ${String(high)}, ${String(low)}, 'r/1')`,
  );
  await connection.run(
    `CREATE OR REPLACE TABLE all_rows (symbol VARCHAR, provider VARCHAR, bar_size VARCHAR, what VARCHAR, use_rth BOOLEAN,
       ts TIMESTAMPTZ, session DATE, close DOUBLE, high DOUBLE, low DOUBLE, request_id VARCHAR);
     ${values.length === 0 ? '' : `INSERT INTO all_rows VALUES ${values.join(', ')};`}
     CREATE OR REPLACE TABLE changed_windows AS SELECT symbol, provider, bar_size, what, use_rth,
       min(ts) AS window_start, max(ts) + INTERVAL 1 MILLISECOND AS window_end FROM all_rows
       WHERE epoch_ms(ts) >= ${String(changedFrom)} GROUP BY ALL;
     CREATE OR REPLACE VIEW changed_rows AS SELECT * FROM all_rows WHERE epoch_ms(ts) >= ${String(changedFrom)}`,
  );
}

async function find(rule: QualityRule, from: number | null = null): Promise<readonly Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(compileRule(rule, { now: open + 30 * day, from }));
  return reader.getRowObjectsJson();
}

async function findTimes(rule: QualityRule, from: number | null = null): Promise<readonly number[]> {
  const rows = await find(rule, from);
  return rows
    .map((row) => Math.round((Date.parse(String(row['ts']).replace(' ', 'T').replace('+00', 'Z')) - open) / day))
    .sort((a, b) => a - b);
}

const daily = (closes: readonly number[]): readonly Bar[] =>
  closes.map((close, index) => ({ at: open + index * day, close }));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** The rule as its documentation words it. */
function jumpsOf(closes: readonly number[], bars: number, max: number): readonly number[] {
  const changes = closes.map((close, index) => Math.abs(Math.log(close / (closes[index - 1] ?? NaN))));
  return changes.flatMap((change, index) => {
    const earlier = changes.slice(Math.max(0, index - bars), index).filter((one) => !Number.isNaN(one));
    if (earlier.length < 10 || Number.isNaN(change)) return [];
    const overTwo = Math.abs(Math.log((closes[index] ?? NaN) / (closes[index - 2] ?? NaN)));
    const isReturn = overTwo <= change / 4;
    return change > max * Math.max(median(earlier), 0.0005) && !isReturn ? [index] : [];
  });
}

const closes = fc.array(
  fc.integer({ min: 9_000, max: 11_000 }).map((cents) => cents / 100),
  { minLength: 0, maxLength: 60 },
);

describe('the rule jump', () => {
  const rule = createRule({ kind: 'jump', thresholds: { ...noThresholds, max: 3, bars: 20 } });

  test('equals its definition, over everything and over any change', async () => {
    await fc.assert(
      fc.asyncProperty(closes, fc.integer({ min: 0, max: 60 }), async (values, changed) => {
        const expected = jumpsOf(values, 20, 3);
        await defineBars(daily(values));
        expect(await findTimes(rule)).toEqual(expected);
        const from = open + changed * day;
        await defineBars(daily(values), from);
        expect(await findTimes(rule, from)).toEqual(expected.filter((index) => index >= changed));
      }),
      { numRuns: 60 },
    );
  });

  test('finds a single wrong price once, and not the way back', async () => {
    const values = Array.from({ length: 40 }, (_, index) => 100 + (index % 2) * 0.5);
    values[30] = 1_000;
    await defineBars(daily(values));
    expect(await findTimes(createRule({ kind: 'jump', thresholds: { ...noThresholds, max: 12, bars: 20 } }))).toEqual([
      30,
    ]);
  });

  test('takes the threshold of the group of the symbol', async () => {
    const values = Array.from({ length: 40 }, (_, index) => 100 + (index % 2) * 0.5);
    values[39] = 130;
    await defineBars([...daily(values), ...daily(values).map((bar) => ({ ...bar, symbol: 'B' }))]);
    const thresholds = { ...noThresholds, max: 12, bars: 20 };
    const overrides = [{ symbols: ['B'], thresholds: { ...thresholds, max: 1_000 } }];
    expect((await find(createRule({ kind: 'jump', thresholds, overrides }))).map((row) => row['symbol'])).toEqual([
      'A',
    ]);
  });
});

describe('the rule frozen', () => {
  test('finds every bar that ends a run of equal values, over everything and over any change', async () => {
    const rule = createRule({ kind: 'frozen', thresholds: { ...noThresholds, bars: 3 } });
    const few = fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(few, fc.integer({ min: 0, max: 40 }), async (values, changed) => {
        const expected = values.flatMap((value, index) =>
          index >= 2 && values[index - 1] === value && values[index - 2] === value ? [index] : [],
        );
        const from = open + changed * day;
        await defineBars(daily(values), from);
        expect(await findTimes(rule)).toEqual(expected);
        expect(await findTimes(rule, from)).toEqual(expected.filter((index) => index >= changed));
      }),
      { numRuns: 60 },
    );
  });
});

describe('rules about sessions', () => {
  const minute = 60_000;

  test('missing_bars counts the bars between the first and the last one', async () => {
    const at = (count: number): Bar => ({ at: open + count * 5 * minute, close: 1, size: '5 mins' });
    await defineBars([at(0), at(1), at(4), at(5), { ...at(0), symbol: 'B' }, { ...at(1), symbol: 'B' }]);
    const rule = createRule({ kind: 'missing_bars', column: null, thresholds: { ...noThresholds, max: 1 } });
    expect(await find(rule)).toMatchObject([{ symbol: 'A', bars: '4', missing: '2' }]);
    expect(await find({ ...rule, thresholds: { ...noThresholds, max: 2 } })).toEqual([]);
  });

  test('intraday_against_daily compares extremes and closes', async () => {
    const hourly = [10, 12, 11].map((close, index): Bar => ({ at: open + index * 60 * minute, close, size: '1 hour' }));
    const rule = createRule({
      kind: 'intraday_against_daily',
      column: null,
      thresholds: { ...noThresholds, max: 0.01 },
    });
    await defineBars([...hourly, { at: open, close: 11, high: 12, low: 10 }]);
    expect(await find(rule)).toEqual([]);
    await defineBars([...hourly, { at: open, close: 11, high: 13, low: 10 }]);
    expect(await find(rule)).toMatchObject([{ symbol: 'A', bar_size: '1 hour', daily_high: 13, intraday_high: 12 }]);
  });

  test('freshness names symbols without a recent row, also those without any', async () => {
    await defineBars([{ at: open + 28 * day, close: 1 }]);
    const rule = createRule({ kind: 'freshness', column: null, thresholds: { ...noThresholds, maxAge: 4 * day } });
    expect((await find(rule)).map((row) => row['symbol'])).toEqual(['B']);
    const hour = createRule({ kind: 'freshness', column: null, thresholds: { ...noThresholds, maxAge: day } });
    expect((await find(hour)).map((row) => row['symbol']).sort()).toEqual(['A', 'B']);
  });
});

describe('rules about single rows', () => {
  test('range finds values outside, and those that are no numbers', async () => {
    await defineBars([1, 5, 9].map((close, index) => ({ at: open + index * day, close })));
    expect(await findTimes(createRule({ thresholds: { ...noThresholds, min: 2, max: 8 } }))).toEqual([0, 2]);
    expect(await findTimes(createRule({ thresholds: { ...noThresholds, max: 8 } }))).toEqual([2]);
  });

  test('a name with a quote is text, not SQL', async () => {
    await defineBars([{ symbol: "O''X", at: open, close: 1 }]);
    expect(await find(createRule({ symbols: ["O'X"], thresholds: { ...noThresholds, min: 2 } }))).toHaveLength(1);
  });
});

interface Quote {
  readonly strike: number;
  readonly right: 'C' | 'P';
  readonly bid: number;
  readonly ask: number;
}

async function defineQuotes(quotes: readonly Quote[], price = 100): Promise<void> {
  const values = quotes.map(
    ({ strike, right, bid, ask }) =>
      `('A', 'mock', make_timestamptz(${String(open)} * 1000), DATE '2026-12-18', ${String(strike)}, '${right}', NULL, ${String(bid)}, ${String(ask)}, ${String(price)}, 'r/1')`,
  );
  await connection.run(
    `CREATE OR REPLACE TABLE quoted (symbol VARCHAR, provider VARCHAR, ts TIMESTAMPTZ, expiry DATE, strike DOUBLE, "right" VARCHAR,
       trading_class VARCHAR, bid DOUBLE, ask DOUBLE, underlying_price DOUBLE, request_id VARCHAR);
     INSERT INTO quoted VALUES ${values.join(', ')};
     CREATE OR REPLACE VIEW changed_rows AS SELECT * FROM quoted`,
  );
}

describe('rules about options', () => {
  const option = { dataset: 'option_snapshots', column: null } as const;
  beforeEach(() => connection.run('DROP VIEW IF EXISTS changed_rows').then(() => undefined));

  test('bid_ask finds crossed and wide quotes', async () => {
    await defineQuotes([
      { strike: 100, right: 'C', bid: 5, ask: 4.9 },
      { strike: 105, right: 'C', bid: 1, ask: 3 },
      { strike: 110, right: 'C', bid: 1, ask: 1.1 },
    ]);
    const strikes = async (max: number | null): Promise<readonly unknown[]> =>
      (await find(createRule({ kind: 'bid_ask', ...option, thresholds: { ...noThresholds, max } }))).map(
        (row) => row['strike'],
      );
    expect(await strikes(null)).toEqual([100]);
    expect(await strikes(0.5)).toEqual([100, 105]);
  });

  test('no_arbitrage finds calls below intrinsic value and puts above their strike', async () => {
    await defineQuotes([
      { strike: 90, right: 'C', bid: 8, ask: 9 },
      { strike: 90, right: 'P', bid: 91, ask: 92 },
      { strike: 90, right: 'P', bid: 1, ask: 2 },
      { strike: 100, right: 'C', bid: 3, ask: 4 },
    ]);
    const found = await find(
      createRule({ kind: 'no_arbitrage', ...option, thresholds: { ...noThresholds, max: 0.005 } }),
    );
    expect(found.map((row) => [row['strike'], row['right']])).toEqual([
      [90, 'C'],
      [90, 'P'],
    ]);
  });

  test('monotone_strikes finds what could be sold for more than the better option costs', async () => {
    await defineQuotes([
      { strike: 95, right: 'C', bid: 6, ask: 6.2 },
      { strike: 100, right: 'C', bid: 6.5, ask: 6.7 },
      { strike: 105, right: 'C', bid: 2, ask: 2.2 },
      { strike: 95, right: 'P', bid: 2, ask: 2.2 },
      { strike: 100, right: 'P', bid: 4, ask: 4.2 },
    ]);
    const found = await find(
      createRule({ kind: 'monotone_strikes', ...option, thresholds: { ...noThresholds, max: 0 } }),
    );
    expect(found.map((row) => [row['strike'], row['right']])).toEqual([[95, 'C']]);
  });

  test('put_call_parity finds both options of a pair that disagrees', async () => {
    await defineQuotes([
      { strike: 100, right: 'C', bid: 20, ask: 20.2 },
      { strike: 100, right: 'P', bid: 4, ask: 4.2 },
      { strike: 105, right: 'C', bid: 3, ask: 3.2 },
      { strike: 105, right: 'P', bid: 8, ask: 8.2 },
    ]);
    const found = await find(
      createRule({ kind: 'put_call_parity', ...option, thresholds: { ...noThresholds, max: 0.05 } }),
    );
    expect(found.map((row) => [row['strike'], row['right']]).sort()).toEqual([
      [100, 'C'],
      [100, 'P'],
    ]);
  });
});
