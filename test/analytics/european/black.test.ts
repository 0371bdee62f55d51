import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blackPrice, blackScholesPrice } from '../../../src/analytics/european/black.js';

/** Right, forward, strike, volatility · √years, price: computed with 60 digits and rounded to the nearest double. */
const prices: readonly ['C' | 'P', number, number, number, number][] = [
  ['C', 100, 100, 0.2, 7.965567455405797],
  ['C', 100, 100, 0.0001, 0.003989422802352068],
  ['C', 100, 110, 0.05, 0.057028066252156596],
  ['C', 100, 150, 0.1, 6.851253473432527e-5],
  ['C', 100, 300, 0.2, 1.1685827631371399e-7],
  ['C', 100, 101, 0.001, 1.2448695951642834e-25],
  ['C', 100, 90, 0.3, 17.01287990184971],
  ['C', 100, 20, 0.5, 80.00375708731804],
  ['C', 100, 1000, 0.4, 8.770304339418866e-8],
  ['C', 100, 100, 2, 68.2689492137086],
  ['C', 100, 100, 12, 99.99999980268247],
  ['C', 100, 120, 0.39, 8.802829474481424],
  ['C', 100, 120, 0.41, 9.574980313352315],
  ['C', 24000, 24500, 0.013, 7.570060264071791],
  ['C', 270.13, 300, 0.25, 15.866068734674982],
  ['C', 1, 1.0000001, 1e-6, 3.509353510254572e-7],
  ['C', 100, 50, 11, 99.9999973194921],
  ['C', 100, 115, 0.01, 8.273343746424929e-46],
  ['P', 100, 100, 0.2, 7.965567455405797],
  ['P', 100, 100, 0.0001, 0.003989422802352068],
  ['P', 100, 110, 0.05, 10.057028066252157],
  ['P', 100, 150, 0.1, 50.00006851253473],
  ['P', 100, 300, 0.2, 200.00000011685827],
  ['P', 100, 101, 0.001, 1],
  ['P', 100, 90, 0.3, 7.012879901849712],
  ['P', 100, 20, 0.5, 0.003757087318039223],
  ['P', 100, 1000, 0.4, 900.000000087703],
  ['P', 100, 100, 2, 68.2689492137086],
  ['P', 100, 100, 12, 99.99999980268247],
  ['P', 100, 120, 0.39, 28.802829474481424],
  ['P', 100, 120, 0.41, 29.574980313352313],
  ['P', 24000, 24500, 0.013, 507.5700602640718],
  ['P', 270.13, 300, 0.25, 45.73606873467499],
  ['P', 1, 1.0000001, 1e-6, 4.5093535108384394e-7],
  ['P', 100, 50, 11, 49.9999973194921],
  ['P', 100, 115, 0.01, 15],
];

const price = fc.double({ min: 0.5, max: 50_000, noNaN: true });
const deviation = fc.double({ min: 0.0005, max: 3, noNaN: true });

describe('blackPrice', () => {
  it.each(prices)(
    'for %s, forward %d, strike %d, total volatility %d is exact in all digits',
    (right, forward, strike, dev, truth) => {
      // Far from the money the rounding of the inputs is visible: one part in 10^16 of the strike moves the price by
      // more.
      const digits = truth > 1e-6 * forward ? 1e-14 : 1e-11;
      expect(Math.abs(blackPrice(right, forward, strike, dev) / truth - 1)).toBeLessThan(digits);
    },
  );

  it('returns the intrinsic value without time or volatility', () => {
    expect(blackPrice('C', 110, 100, 0)).toBe(10);
    expect(blackPrice('P', 110, 100, 0)).toBe(0);
  });

  it('satisfies put-call parity', () => {
    fc.assert(
      fc.property(price, price, deviation, (forward, strike, dev) => {
        const difference = blackPrice('C', forward, strike, dev) - blackPrice('P', forward, strike, dev);
        expect(Math.abs(difference - (forward - strike))).toBeLessThan(1e-12 * (forward + strike));
      }),
    );
  });

  it('lies between intrinsic value and underlying, and increases with volatility', () => {
    fc.assert(
      fc.property(price, price, deviation, (forward, strike, dev) => {
        const call = blackPrice('C', forward, strike, dev);
        expect(call).toBeGreaterThanOrEqual(Math.max(forward - strike, 0));
        expect(call).toBeLessThanOrEqual(forward);
        expect(blackPrice('C', forward, strike, 1.01 * dev)).toBeGreaterThanOrEqual(call);
      }),
    );
  });

  it('is continuous where its formulas meet', () => {
    for (const dev of [0.4, 2.2, 9.9]) {
      for (const strike of [60, 100, 101, 140]) {
        const below = blackPrice('C', 100, strike, dev * (1 - 1e-9));
        const above = blackPrice('C', 100, strike, dev * (1 + 1e-9));
        expect(above).toBeGreaterThanOrEqual(below);
        expect(above - below).toBeLessThan(1e-6);
      }
    }
  });
});

describe('blackScholesPrice', () => {
  it('agrees with the textbook example', () => {
    // Hull, Options, Futures, and Other Derivatives, example 15.6.
    const terms = { spot: 42, strike: 40, years: 0.5, rate: 0.1, dividendYield: 0, volatility: 0.2 };
    expect(blackScholesPrice({ right: 'C', ...terms })).toBeCloseTo(4.76, 2);
    expect(blackScholesPrice({ right: 'P', ...terms })).toBeCloseTo(0.81, 2);
  });

  it('satisfies put-call parity with rate and dividends', () => {
    fc.assert(
      fc.property(price, price, fc.double({ min: 0.01, max: 3, noNaN: true }), (spot, strike, years) => {
        const terms = { spot, strike, years, rate: 0.05, dividendYield: 0.02, volatility: 0.3 };
        const difference = blackScholesPrice({ right: 'C', ...terms }) - blackScholesPrice({ right: 'P', ...terms });
        const parity = spot * Math.exp(-0.02 * years) - strike * Math.exp(-0.05 * years);
        expect(Math.abs(difference - parity)).toBeLessThan(1e-11 * (spot + strike));
      }),
    );
  });
});
