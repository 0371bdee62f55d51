import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blackScholesPrice } from '../../../src/analytics/european/black.js';
import type { OptionTerms } from '../../../src/analytics/conventions.js';
import { rightCode } from '../../../src/analytics/conventions.js';
import { computeGreeks } from '../../../src/analytics/european/greeks.js';
import { ivReasonFromCode } from '../../../src/analytics/iv-reason.js';
import { createSolvedBatch, solveEuropean } from '../../../src/analytics/european/solve-european.js';
import type { SolvedBatch } from '../../../src/analytics/european/solve-european.js';

type Quote = OptionTerms & { readonly price: number };

function solve(...quotes: readonly Quote[]): SolvedBatch {
  const column = (value: (quote: Quote) => number): Float64Array => Float64Array.from(quotes, value);
  const out = createSolvedBatch(quotes.length);
  solveEuropean(
    {
      right: Int8Array.from(quotes, ({ right }) => rightCode[right]),
      spot: column(({ spot }) => spot),
      strike: column(({ strike }) => strike),
      years: column(({ years }) => years),
      rate: column(({ rate }) => rate),
      dividendYield: column(({ dividendYield }) => dividendYield),
      price: column(({ price }) => price),
    },
    out,
  );
  return out;
}

const quote: Quote = { right: 'C', spot: 100, strike: 105, years: 0.5, rate: 0.04, dividendYield: 0.01, price: 4 };
const columns = ['volatility', 'uncertainty', 'delta', 'gamma', 'vega', 'theta', 'rho'] as const;

describe('solveEuropean', () => {
  it('returns the volatility of a price within the stated uncertainty', () => {
    const terms = fc.record({
      right: fc.constantFrom('C' as const, 'P' as const),
      spot: fc.double({ min: 1, max: 5_000, noNaN: true }),
      moneyness: fc.double({ min: -3, max: 3, noNaN: true }),
      years: fc.double({ min: 1 / 365, max: 3, noNaN: true }),
      rate: fc.double({ min: -0.02, max: 0.15, noNaN: true }),
      dividendYield: fc.double({ min: 0, max: 0.08, noNaN: true }),
      volatility: fc.double({ min: 0.03, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(terms, ({ moneyness, ...rest }) => {
        const strike = rest.spot * Math.exp(moneyness * rest.volatility * Math.sqrt(rest.years));
        const price = blackScholesPrice({ ...rest, strike });
        const out = solve({ ...rest, strike, price });
        expect(ivReasonFromCode(out.reason[0] ?? -1)).toBe('solved');
        // The price and the exponentials of the rate were rounded several times.
        const allowed = 40 * (out.uncertainty[0] ?? 0) + 1e-12 * rest.volatility;
        expect(Math.abs((out.volatility[0] ?? NaN) - rest.volatility)).toBeLessThan(allowed);
      }),
    );
  });

  it('writes the Greeks at the solved volatility', () => {
    const out = solve(quote);
    const greeks = computeGreeks({ ...quote, volatility: out.volatility[0] ?? NaN });
    for (const name of ['delta', 'gamma', 'vega', 'theta', 'rho'] as const) {
      expect(Math.abs((out[name][0] ?? NaN) / greeks[name] - 1)).toBeLessThan(1e-13);
    }
  });

  it.each([
    ['no-underlying', { spot: NaN }],
    ['no-underlying', { spot: 0 }],
    ['no-price', { price: NaN }],
    ['no-price', { price: 0 }],
    ['no-price', { price: -1 }],
    ['expired', { years: 0 }],
    ['expired', { years: -0.01 }],
    ['no-terms', { strike: NaN }],
    ['no-terms', { years: NaN }],
    ['no-terms', { rate: Infinity }],
    ['no-terms', { rate: -2000 }],
    ['below-intrinsic', { spot: 120, price: 10 }],
    ['above-maximum', { price: 100 }],
    ['above-maximum', { right: 'P' as const, price: 104 }],
    ['not-determined', { spot: 1000, strike: 100, rate: 0, dividendYield: 0, price: 900 }],
    // One unit of the last digit above the intrinsic value.
    ['not-determined', { spot: 1000, strike: 100, rate: 0, dividendYield: 0, price: 900.0000000000001 }],
  ] as const)('writes the reason %s for %o', (reason, change) => {
    const out = solve(quote, { ...quote, ...change }, quote);
    expect(Array.from(out.reason, ivReasonFromCode)).toEqual(['solved', reason, 'solved']);
    for (const name of columns) {
      expect(out[name][1]).toBeNaN();
      expect(out[name][0]).not.toBeNaN();
    }
  });

  it('never throws, and returns either a number or NaN with a reason', () => {
    const any = fc.oneof(
      fc.double(),
      fc.double({ min: 0, max: 200 }),
      fc.constantFrom(0, 1, 100, 1e-300, 1e300, Number.MIN_VALUE),
    );
    const wild = fc.record({
      right: fc.constantFrom('C' as const, 'P' as const),
      spot: any,
      strike: any,
      years: any,
      rate: fc.oneof(any, fc.constant(0)),
      dividendYield: fc.oneof(any, fc.constant(0)),
      price: any,
    });
    fc.assert(
      fc.property(wild, (terms) => {
        const out = solve(terms);
        const solved = ivReasonFromCode(out.reason[0] ?? -1) === 'solved';
        for (const name of columns) expect(Number.isFinite(out[name][0])).toBe(solved);
        if (solved) expect(out.volatility[0]).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('states a larger uncertainty as the time value vanishes in the price', () => {
    const bounds = [100, 80, 70].map((strike) => {
      const terms = { ...quote, strike, volatility: 0.2, years: 0.25 };
      return solve({ ...terms, price: blackScholesPrice(terms) }).uncertainty[0] ?? NaN;
    });
    expect(bounds[0]).toBeLessThan(1e-15);
    expect(bounds[1]).toBeGreaterThan(bounds[0] ?? NaN);
    expect(bounds[2]).toBeGreaterThan(10 * (bounds[1] ?? NaN));
  });
});
