import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { chainAccuracy, createAmericanPricer } from '../../src/analytics/american/american-pricer.js';
import { blackScholesPrice } from '../../src/analytics/european/black.js';
import { evaluateSnapshot } from '../../src/analytics/evaluate-snapshot.js';
import type { SnapshotTerms } from '../../src/analytics/evaluate-snapshot.js';
import { toSnapshotRows } from '../../src/core/tables/quote-rows.js';
import type { OptionInput } from '../../src/core/tables/quote-rows.js';
import type { RowsOf } from '../../src/core/tables/rows.js';

const quiet: OptionInput = {
  strike: 100,
  right: 'C',
  conId: null,
  bid: null,
  ask: null,
  last: null,
  volume: null,
  openInterest: null,
  underlyingPrice: 100,
  iv: null,
  delta: null,
  gamma: null,
  theta: null,
  vega: null,
  delayed: false,
};

const terms: SnapshotTerms = {
  style: 'european',
  rate: 0.04,
  dividendYield: 0.01,
  years: 0.25,
  fallbackUnderlyingPrice: NaN,
};

function priced(volatility: number, strike = 100, right: 'C' | 'P' = 'C'): number {
  return blackScholesPrice({ right, spot: 100, strike, years: 0.25, rate: 0.04, dividendYield: 0.01, volatility });
}

/** The result for one option. */
function found(
  option: Partial<OptionInput>,
  overrides: Partial<SnapshotTerms> = {},
): Readonly<Record<string, unknown>> {
  const { columns } = evaluateSnapshot(toSnapshotRows([{ ...quiet, ...option }]), { ...terms, ...overrides });
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[0]]));
}

describe('the price used by evaluateSnapshot', () => {
  const middle = priced(0.2);

  test('is the mid-price of bid and ask', () => {
    const result = found({ bid: middle - 0.05, ask: middle + 0.05, last: 1 });
    expect(result['iv']).toBeCloseTo(0.2, 12);
    expect(result).toMatchObject({ iv_source: 'computed', iv_reason: null, underlying_price: 100 });
  });

  test.each([
    ['there is no bid', { bid: null, ask: middle }],
    ['the bid is zero', { bid: 0, ask: middle }],
    ['they are crossed', { bid: middle + 1, ask: middle - 1 }],
    ['they are further apart than the middle is high', { bid: 0.1 * middle, ask: 3 * middle }],
  ])('is the last price with iv_reason last-price if %s', (_, sides) => {
    const result = found({ ...sides, last: priced(0.3) });
    expect(result['iv']).toBeCloseTo(0.3, 12);
    expect(result).toMatchObject({ iv_source: 'computed', iv_reason: 'last-price' });
  });
});

describe('the underlying price used by evaluateSnapshot', () => {
  test('is the fallback price with iv_reason known-underlying if the row has no underlying price', () => {
    const result = found({ last: priced(0.2), underlyingPrice: null }, { fallbackUnderlyingPrice: 100 });
    expect(result['iv']).toBeCloseTo(0.2, 12);
    expect(result).toMatchObject({ underlying_price: 100, iv_reason: 'last-price, known-underlying' });
  });
});

describe('an option without a computed volatility', () => {
  test.each([
    ['no-price', {}, {}],
    ['no-underlying', { last: 5, underlyingPrice: null }, {}],
    ['expired', { last: 5 }, { years: 0 }],
    ['below-intrinsic', { last: 5, strike: 80 }, {}],
    ['above-maximum', { last: 101 }, {}],
    ['immediate-exercise', { last: 20, strike: 120, right: 'P' }, { style: 'american' }],
  ] as const)('has the reason %s and NaN numbers', (reason, option, overrides) => {
    const result = found(option, overrides);
    expect(result).toMatchObject({ iv: NaN, delta: NaN, gamma: NaN, theta: NaN, vega: NaN, rho: NaN });
    expect(result).toMatchObject({ iv_source: null, iv_reason: reason });
  });

  test('uses the provider volatility, with Greeks of the model', () => {
    const result = found({ iv: 0.25, delta: 0.9 });
    expect(result).toMatchObject({ iv: 0.25, iv_source: 'provider', iv_reason: 'no-price', provider_delta: 0.9 });
    expect(result['delta']).toBeCloseTo(0.5 + 0.04, 1);
  });
});

describe('an American option', () => {
  const price = createAmericanPricer({ nodes: 12, inner: 24, outer: 32, iterations: 12 });
  const at = (spot: number, rate: number, volatility: number, years = 0.25): number =>
    price({ right: 'P', spot, strike: 105, years, rate, dividendYield: 0.01 }, volatility);

  test('has the volatility and the Greeks of its American price', () => {
    const result = found({ right: 'P', strike: 105, last: at(100, 0.04, 0.3) }, { style: 'american' });
    expect(result['iv']).toBeCloseTo(0.3, 4);
    const number = (name: string): number => Number(result[name]);
    expect(number('delta')).toBeCloseTo((at(100.1, 0.04, 0.3) - at(99.9, 0.04, 0.3)) / 0.2, 3);
    expect(number('gamma')).toBeCloseTo(
      (at(100.5, 0.04, 0.3) - 2 * at(100, 0.04, 0.3) + at(99.5, 0.04, 0.3)) / 0.25,
      3,
    );
    expect(number('vega')).toBeCloseTo(((at(100, 0.04, 0.301) - at(100, 0.04, 0.299)) / 0.002) * 0.01, 3);
    expect(number('rho')).toBeCloseTo(((at(100, 0.041, 0.3) - at(100, 0.039, 0.3)) / 0.002) * 0.01, 3);
    const day = 1 / 365;
    expect(number('theta')).toBeCloseTo((at(100, 0.04, 0.3, 0.25 - day) - at(100, 0.04, 0.3, 0.25 + day)) / 2, 3);
  });

  test('without early-exercise value is as exact as a European option', () => {
    const overrides = { style: 'american', dividendYield: 0 } as const;
    const last = blackScholesPrice({
      right: 'C',
      spot: 100,
      strike: 90,
      years: 0.25,
      rate: 0.04,
      dividendYield: 0,
      volatility: 0.2,
    });
    expect(found({ strike: 90, last }, overrides)['iv']).toBeCloseTo(0.2, 13);
  });
});

test('createAmericanPricer returns the same price with and without a cached boundary', () => {
  const both = createAmericanPricer(chainAccuracy);
  for (const [spot, strike, years, rate, dividendYield, volatility] of [
    [100, 95, 0.5, 0.05, 0.02, 0.25],
    [90, 95, 0.5, 0.05, 0.02, 0.25],
    [90, 120, 0.5, 0.05, 0.02, 0.25],
    [90, 120, 0.5, 0.02, 0.05, 0.25],
    [80, 120, 0.5, 0.02, 0.05, 0.25],
  ] as const) {
    for (const right of ['C', 'P'] as const) {
      const option = { right, spot, strike, years, rate, dividendYield };
      expect(both(option, volatility)).toBe(createAmericanPricer(chainAccuracy)(option, volatility));
    }
  }
});

test('evaluateSnapshot returns a number or a reason for any input and never throws', () => {
  const anyNumber = fc.oneof(
    fc.double({ min: 0, max: 300 }),
    fc.constantFrom(0, -1, NaN, Infinity, -Infinity, 5e-324, 1e308, null),
    fc.double(),
  );
  const option = fc.record({
    strike: anyNumber,
    right: fc.constantFrom('C', 'P', null, 'X'),
    bid: anyNumber,
    ask: anyNumber,
    last: anyNumber,
    underlyingPrice: anyNumber,
    iv: anyNumber,
  });
  const number = fc.oneof(fc.double({ min: -0.1, max: 0.2 }), fc.double());
  const anyTerms = fc.record({
    style: fc.constantFrom('american' as const, 'european' as const),
    rate: number,
    dividendYield: number,
    years: fc.oneof(fc.double({ min: -0.1, max: 3, noNaN: true }), fc.double()),
    fallbackUnderlyingPrice: fc.oneof(fc.double({ min: 1, max: 300 }), fc.double()),
  });
  fc.assert(
    fc.property(fc.array(option, { maxLength: 6 }), anyTerms, (options, given) => {
      const plain = toSnapshotRows(options.map(() => quiet));
      const column = (value: (one: (typeof options)[number]) => number | null): Float64Array =>
        Float64Array.from(options, (one) => value(one) ?? NaN);
      const rows: RowsOf<'option_snapshots'> = {
        ...plain,
        columns: {
          ...plain.columns,
          strike: column(({ strike }) => strike),
          right: options.map(({ right }) => right),
          bid: column(({ bid }) => bid),
          ask: column(({ ask }) => ask),
          last: column(({ last }) => last),
          underlying_price: column(({ underlyingPrice }) => underlyingPrice),
          provider_iv: column(({ iv }) => iv),
        },
      };
      const { columns } = evaluateSnapshot(rows, given);
      for (let row = 0; row < options.length; row++) {
        const { iv, delta, gamma, theta, vega, rho } = columns;
        const numbers = [iv, delta, gamma, theta, vega, rho].map((values) => values[row] ?? NaN);
        if (columns.iv_source[row] === null) {
          expect(numbers).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]);
          expect(columns.iv_reason[row]).not.toBe(null);
        } else {
          expect(numbers.every(Number.isFinite)).toBe(true);
          expect(numbers[0]).toBeGreaterThan(0);
        }
      }
    }),
    { numRuns: 1500 },
  );
});
