import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { volatilityAtForward, interpolateAtmVolatility } from '../../../src/analytics/chain/atm-volatility.js';
import type { ChainColumns } from '../../../src/analytics/chain/chain-columns.js';
import { estimateDelta } from '../../../src/analytics/chain/estimate-delta.js';
import { computeGreeks } from '../../../src/analytics/european/greeks.js';
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
      [1, 'C', 93, 0.9],
      [1, 'C', 105, 0.2],
      [1, 'P', 107, 0.9],
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

  test('does not jump at a strike if a wrong rate raises the calls and lowers the puts', () => {
    const chain = createChain(
      [90, 95, 100, 105, 110].flatMap((strike): Option[] => [
        [1, 'C', strike, 0.21],
        [1, 'P', strike, 0.19],
      ]),
    );
    for (const forward of [97, 99.999, 100, 100.001, 103])
      expect(volatilityAtForward(chain, 1, forward)).toBeCloseTo(0.2, 12);
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

  test('interpolates the variance at the term between the expiries around it', () => {
    const expected = Math.sqrt((0.2 ** 2 * 20 + 0.3 ** 2 * 40) / 2 / 30);
    const { volatility, reason } = interpolateAtmVolatility(chain, [days(1), days(20), days(40)], carry, 30);
    expect([volatility, reason]).toEqual([expect.closeTo(expected, 12), null]);
    expect(interpolateAtmVolatility(chain, [days(20), days(40)], carry, 40).volatility).toBe(0.3);
  });

  test('returns a reason instead of the volatility of three days for a term of thirty', () => {
    const short = createChain(flat(3, 0.5));
    expect(interpolateAtmVolatility(short, [days(3)], carry, 30)).toEqual({
      volatility: null,
      reason: 'no-later-expiry',
    });
    expect(interpolateAtmVolatility(chain, [days(40)], carry, 30)).toEqual({
      volatility: null,
      reason: 'no-earlier-expiry',
    });
  });

  test('takes a single expiry that is at most a tenth of the term away', () => {
    const one = (count: number): number | null =>
      interpolateAtmVolatility(createChain(flat(count, 0.3)), [days(count)], carry, 30).volatility;
    expect([26.9, 27.1, 32.9, 33.1].map(one)).toEqual([null, 0.3, 0.3, null]);
  });

  test('says why there is no volatility at all', () => {
    const reasonOf = (...args: Parameters<typeof interpolateAtmVolatility>): string | null =>
      interpolateAtmVolatility(...args).reason;
    expect(reasonOf(createChain([]), [], carry, 30)).toBe('no-options');
    expect(reasonOf(chain, [days(20)], { ...carry, spot: NaN }, 30)).toBe('no-spot');
    expect(reasonOf(chain, [days(1)], carry, 30)).toBe('no-later-expiry');
    expect(reasonOf(createChain(flat(20, NaN)), [days(20)], carry, 30)).toBe('no-volatility');
  });
});

describe('estimateDelta', () => {
  const option = { right: 'C', strike: 100, years: 0.1, spot: 100, rate: 0, dividendYield: 0 } as const;

  test('uses the known volatility of the nearest term, then strike', () => {
    const known = [
      { years: 0.1, strike: 120, volatility: 0.2 },
      { years: 0.1, strike: 105, volatility: 0.4 },
      { years: 0.5, strike: 100, volatility: 0.9 },
    ];
    const expected = computeGreeks({ ...option, volatility: 0.4 }).delta;
    expect(estimateDelta(option, known, 0.3)).toBe(expected);
  });

  test('uses the other volatility without a known one, and has no delta for an expired option', () => {
    expect(estimateDelta(option, [], 0.3)).toBe(computeGreeks({ ...option, volatility: 0.3 }).delta);
    expect(estimateDelta({ ...option, years: 0 }, [], 0.3)).toBe(null);
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
