import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chainAccuracy,
  createAmericanPricer,
  referenceAccuracy,
  hasSingleBoundary,
} from '../../../src/analytics/american/american-pricer.js';
import type { PricerAccuracy } from '../../../src/analytics/american/american-pricer.js';
import { gaussLegendre } from '../../../src/analytics/american/boundary-grid.js';
import { blackScholesPrice } from '../../../src/analytics/european/black.js';
import { ivReasonFromCode } from '../../../src/analytics/iv-reason.js';
import { solveAmerican } from '../../../src/analytics/american/solve-american.js';

type Terms = [
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
];

/** Takes the terms as a list, as the tables of these tests write them. */
function createListPricer(accuracy: PricerAccuracy): (...terms: Terms) => number {
  const pricer = createAmericanPricer(accuracy);
  return (call, spot, strike, years, rate, dividendYield, volatility) =>
    pricer({ right: call ? 'C' : 'P', spot, strike, years, rate, dividendYield }, volatility);
}

const chainPricer = createAmericanPricer(chainAccuracy);
const price = createListPricer(chainAccuracy);
const exact = createListPricer(referenceAccuracy);

/** The binomial tree of Cox, Ross and Rubinstein: slow, coarse, and independent of the tested code. */
function tree(steps: number, [call, spot, strike, years, rate, dividendYield, volatility]: Terms): number {
  const step = years / steps;
  const up = Math.exp(volatility * Math.sqrt(step));
  const upwards = (Math.exp((rate - dividendYield) * step) - 1 / up) / (up - 1 / up);
  const discount = Math.exp(-rate * step);
  const exerciseValue = (ups: number, level: number): number =>
    Math.max((call ? 1 : -1) * (spot * up ** (2 * ups - level) - strike), 0);
  let values = Array.from({ length: steps + 1 }, (_, ups) => exerciseValue(ups, steps));
  for (let level = steps - 1; level >= 0; level--) {
    values = Array.from({ length: level + 1 }, (_, ups) => {
      const continuation = discount * (upwards * (values[ups + 1] ?? 0) + (1 - upwards) * (values[ups] ?? 0));
      return Math.max(continuation, exerciseValue(ups, level));
    });
  }
  return values[0] ?? NaN;
}

const sampleTerms: readonly Terms[] = [
  [false, 36, 40, 1, 0.06, 0, 0.2],
  [false, 100, 100, 1, 0.05, 0.05, 0.25],
  [false, 80, 100, 3, 0.08, 0.12, 0.2],
  [true, 100, 100, 0.5, 0.03, 0.07, 0.4],
  [false, 100, 110, 0.25, 0.04, 0.01, 0.3],
  [true, 110, 100, 1, 0.04, 0.08, 0.3],
  [false, 100, 100, 2, 0.02, 0.04, 0.6],
  [false, 95, 100, 0.02, 0.05, 0, 0.15],
  [true, 100, 90, 1, 0.04, 0.01, 0.25],
  // Interest outweighs variance here, and the plain iteration does not converge.
  [false, 100, 100, 2, 0.09, 0.001, 0.1],
  [false, 100, 100, 1, 0.09, 0, 0.05],
];

const anyTerms = fc
  .record({
    call: fc.boolean(),
    spot: fc.double({ min: 5, max: 1000, noNaN: true }),
    moneyness: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
    years: fc.double({ min: 0.02, max: 2, noNaN: true }),
    rate: fc.double({ min: 0.01, max: 0.09, noNaN: true }),
    dividendYield: fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 0.08, noNaN: true })),
    volatility: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
  })
  .map(({ call, spot, moneyness, years, rate, dividendYield, volatility }): Terms => {
    const strike = spot * Math.exp(moneyness * volatility * Math.sqrt(years));
    return [call, spot, strike, years, rate, dividendYield, volatility];
  });

function solve([call, spot, strike, years, rate, dividendYield]: Terms, target: number): [number, string | undefined] {
  const out = { volatility: new Float64Array(1), reason: new Uint8Array(1) };
  solveAmerican(
    chainPricer,
    {
      right: Int8Array.of(call ? 1 : -1),
      spot: Float64Array.of(spot),
      strike: Float64Array.of(strike),
      years: Float64Array.of(years),
      rate: Float64Array.of(rate),
      dividendYield: Float64Array.of(dividendYield),
      price: Float64Array.of(target),
    },
    out,
  );
  return [out.volatility[0] ?? NaN, ivReasonFromCode(out.reason[0] ?? -1)];
}

describe('createAmericanPricer', () => {
  it.each(sampleTerms)('agrees with a binomial tree: call %s, spot %d, strike %d, %d years', (...terms) => {
    const coarse = 0.5 * (tree(400, terms) + tree(401, terms));
    expect(Math.abs(exact(...terms) - coarse)).toBeLessThan(8e-5 * terms[1]);
  });

  it('with chain accuracy is within 2e-5 of spot and strike of the reference accuracy', () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        expect(Math.abs(price(...terms) - exact(...terms))).toBeLessThan(2e-5 * Math.max(terms[1], terms[2]));
      }),
      { numRuns: 100 },
    );
  });

  it('is never below the European price nor below the exercise value', () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const [call, spot, strike, years, rate, dividendYield, volatility] = terms;
        const right = call ? 'C' : 'P';
        const european = blackScholesPrice({ right, spot, strike, years, rate, dividendYield, volatility });
        const slack = 1e-12 * (spot + strike);
        expect(price(...terms)).toBeGreaterThanOrEqual(european - slack);
        expect(price(...terms)).toBeGreaterThanOrEqual((call ? 1 : -1) * (spot - strike) - slack);
      }),
    );
  });

  it('returns the European price if early exercise has no value', () => {
    const terms = { spot: 100, strike: 90, years: 1, rate: 0.04, dividendYield: 0, volatility: 0.25 };
    expect(price(true, 100, 90, 1, 0.04, 0, 0.25)).toBeCloseTo(blackScholesPrice({ right: 'C', ...terms }), 12);
  });

  it('returns NaN for rates with two exercise boundaries', () => {
    expect(hasSingleBoundary({ right: 'P', rate: -0.01, dividendYield: -0.02 })).toBe(false);
    expect(price(false, 100, 100, 1, -0.01, -0.02, 0.2)).toBeNaN();
    expect(solve([false, 100, 100, 1, -0.01, -0.02, 0], 8)[1]).toBe('no-terms');
  });
});

describe('solveAmerican', () => {
  it('returns the volatility of a price to 1e-8', () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const [call, spot, strike, years, rate, dividendYield, volatility] = terms;
        const target = price(...terms);
        const more = price(call, spot, strike, years, rate, dividendYield, volatility + 0.001);
        // Near exercise, the price hardly depends on the volatility.
        fc.pre((more - target) / 0.001 > 0.03 * strike);
        const [found, reason] = solve(terms, target);
        expect(reason).toBe('solved');
        expect(Math.abs(found - volatility)).toBeLessThan(1e-8);
      }),
    );
  });

  it('solves a put below its European intrinsic value', () => {
    const terms: Terms = [false, 80, 100, 1, 0.08, 0, 0.25];
    expect(100 * Math.exp(-0.08) - 80).toBeLessThan(price(...terms));
    expect(solve(terms, price(...terms))[0]).toBeCloseTo(0.25, 7);
  });

  it.each([
    ['immediate-exercise', [false, 80, 100, 1, 0.05, 0, 0], 20],
    ['below-intrinsic', [false, 80, 100, 1, 0.05, 0, 0], 19.9],
    ['above-maximum', [false, 80, 100, 1, 0.05, 0, 0], 100],
    ['above-maximum', [true, 80, 100, 1, 0.05, 0, 0], 80],
    ['expired', [true, 80, 100, 0, 0.05, 0, 0], 1],
    ['no-price', [true, 80, 100, 1, 0.05, 0, 0], NaN],
    ['no-underlying', [true, NaN, 100, 1, 0.05, 0, 0], 1],
  ] as const)('returns the reason %s without a volatility', (reason, terms, target) => {
    expect(solve([...terms], target)).toEqual([NaN, reason]);
  });

  it('returns a finite volatility or a reason for any input', () => {
    const any = fc.oneof(fc.double(), fc.double({ min: 0, max: 200 }), fc.constantFrom(0, 1, 100, 1e-300, 1e300));
    const rates = fc.double({ min: -0.2, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(fc.boolean(), any, any, any, rates, rates, any, (call, spot, strike, years, rate, yields, target) => {
        const [found, reason] = solve([call, spot, strike, years, rate, yields, 0], target);
        expect(Number.isFinite(found)).toBe(reason === 'solved');
        expect(reason).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('gaussLegendre', () => {
  it('integrates polynomials up to twice its degree exactly', () => {
    const { points, weights } = gaussLegendre(5);
    for (let degree = 0; degree < 10; degree++) {
      const sum = points.reduce((total, point, place) => total + (weights[place] ?? 0) * point ** degree, 0);
      expect(sum).toBeCloseTo(1 / (degree + 1), 14);
    }
  });
});
