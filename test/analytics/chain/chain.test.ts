import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { volatilityAtForward, interpolateAtmVolatility } from '../../../src/analytics/chain/atm-volatility.js';
import type { ChainColumns } from '../../../src/analytics/chain/chain-columns.js';
import { computeChainTotals } from '../../../src/analytics/chain/chain-totals.js';
import { detectTrend } from '../../../src/analytics/history/trend.js';
import { computeQuartiles, rankVolatility } from '../../../src/analytics/history/volatility-rank.js';

type Option = readonly [
  expiry: number,
  right: 'C' | 'P',
  strike: number,
  volatility?: number,
  volume?: number,
  interest?: number,
];

function createChain(options: readonly Option[]): ChainColumns {
  const column = (index: 0 | 2 | 3 | 4 | 5): Float64Array =>
    Float64Array.from(options, (option) => option[index] ?? NaN);
  return {
    length: options.length,
    expiry: column(0),
    right: Int8Array.from(options, ([, right]) => (right === 'C' ? 1 : -1)),
    strike: column(2),
    volatility: column(3),
    volume: column(4),
    openInterest: column(5),
  };
}

describe('volatilityAtForward', () => {
  test('interpolates linearly between the nearest out-of-the-money options', () => {
    const chain = createChain([
      [1, 'P', 90, 0.3],
      [1, 'P', 95, 0.24],
      [1, 'C', 95, 0.9],
      [1, 'C', 105, 0.2],
      [1, 'P', 105, 0.9],
      [2, 'C', 101, 0.7],
    ]);
    expect(volatilityAtForward(chain, 1, 100)).toBeCloseTo(0.22, 12);
    expect(volatilityAtForward(chain, 1, 97.5)).toBeCloseTo(0.23, 12);
  });

  test('returns the mean of call and put volatility if a strike equals the forward', () => {
    const chain = createChain([
      [1, 'P', 100, 0.2],
      [1, 'C', 100, 0.3],
    ]);
    expect(volatilityAtForward(chain, 1, 100)).toBeCloseTo(0.25, 12);
  });

  test('returns NaN for a forward beyond the outermost strike', () => {
    expect(volatilityAtForward(createChain([[1, 'C', 105, 0.2]]), 1, 100)).toBeNaN();
    expect(volatilityAtForward(createChain([]), 1, 100)).toBeNaN();
  });
});

describe('interpolateAtmVolatility', () => {
  const carry = { spot: 100, rate: 0, dividendYield: 0 };
  const flat = (expiry: number, volatility: number): readonly Option[] => [
    [expiry, 'P', 95, volatility],
    [expiry, 'C', 105, volatility],
  ];
  const chain = createChain([...flat(1, 0.9), ...flat(20, 0.2), ...flat(40, 0.3)]);
  const days = (count: number) => ({ expiry: count, years: count / 365 });

  test('interpolates the variance at 30 days between the expiries around them', () => {
    const expected = Math.sqrt((0.2 ** 2 * 20 + 0.3 ** 2 * 40) / 2 / 30);
    expect(interpolateAtmVolatility(chain, [days(1), days(20), days(40)], carry)).toBeCloseTo(expected, 12);
  });

  test('uses the nearest expiry if all expiries lie on one side, and no expiry within a day', () => {
    expect(interpolateAtmVolatility(chain, [days(40)], carry)).toBe(0.3);
    expect(interpolateAtmVolatility(chain, [days(1), days(20)], carry)).toBe(0.2);
    expect(interpolateAtmVolatility(chain, [days(1)], carry)).toBeNaN();
  });
});

test('computeChainTotals sums by side and ignores unknown values', () => {
  const chain = createChain([
    [1, 'C', 90, NaN, 10, 100],
    [1, 'C', 100, NaN, NaN, 50],
    [1, 'P', 90, NaN, 3, NaN],
    [1, 'P', 110, NaN, 4, 300],
  ]);
  expect(computeChainTotals(chain, 100)).toEqual({
    callCount: 2,
    putCount: 2,
    callOpenInterest: 150,
    putOpenInterest: 300,
    openInterestRatio: 2,
    volumeRatio: 0.7,
    callsInTheMoney: 1,
    callsOutOfTheMoney: 1,
    putsInTheMoney: 1,
    putsOutOfTheMoney: 1,
  });
  expect(computeChainTotals(chain, NaN).callsInTheMoney).toBeNaN();
  expect(computeChainTotals(createChain([]), 100)).toMatchObject({
    callCount: 0,
    openInterestRatio: NaN,
    callOpenInterest: NaN,
  });
});

describe('rankVolatility', () => {
  const month = Array.from({ length: 30 }, (_, index) => 0.1 + index / 100);

  test('returns null below 30 days, with the number of days', () => {
    expect(rankVolatility(month.slice(1))).toEqual({ rank: null, percentile: null, days: 29 });
    expect(rankVolatility([])).toEqual({ rank: null, percentile: null, days: 0 });
  });

  test('includes today in the number of days', () => {
    expect(rankVolatility(month)).toEqual({ rank: 100, percentile: (29 / 30) * 100, days: 30 });
    expect(rankVolatility(month.toReversed())).toEqual({ rank: 0, percentile: 0, days: 30 });
    expect(rankVolatility(month.map(() => 0.2)).rank).toBe(null);
  });

  test('returns a rank from 0 to 100 that does not depend on the unit of volatility', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 30 }), (daily) => {
        const { rank, percentile, days } = rankVolatility(daily);
        expect(days).toBe(daily.length);
        expect(percentile).toBeGreaterThanOrEqual(0);
        expect(percentile).toBeLessThan(100);
        if (rank !== null) {
          expect(rank).toBeGreaterThanOrEqual(0);
          expect(rank).toBeLessThanOrEqual(100);
        }
        expect(rankVolatility(daily.map((value) => value * 128))).toEqual({ rank, percentile, days });
      }),
    );
  });
});

test('computeQuartiles divides values into four parts', () => {
  expect(computeQuartiles([5, 1, 3, 2, 4, NaN])).toEqual({ low: 1, first: 2, median: 3, third: 4, high: 5 });
  expect(computeQuartiles([1, 2])).toEqual({ low: 1, first: 1.25, median: 1.5, third: 1.75, high: 2 });
  expect(computeQuartiles([])).toBe(null);
});

test('detectTrend compares the last close with two averages', () => {
  const rising = Array.from({ length: 60 }, (_, index) => 100 + index);
  expect(detectTrend(rising)).toBe('uptrend');
  expect(detectTrend(rising.toReversed())).toBe('downtrend');
  expect(detectTrend([...rising, 100])).toBe('neutral');
  expect(detectTrend(rising.slice(0, 49))).toBe(null);
});
