import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { impliedEuropeanTotalVolatility } from '../../../src/analytics/european/implied-european-volatility.js';
import { ivReasonCode } from '../../../src/analytics/iv-reason.js';

type Point = [right: 'C' | 'P', forward: number, strike: number, price: number, deviation: number];

const points = JSON.parse(
  readFileSync(new URL('fixtures/european-points.json', import.meta.url), 'utf8'),
) as readonly Point[];

/** The errors for some points in units of ε, smallest first. */
function computeErrors(some: readonly Point[]): readonly number[] {
  return some
    .map(([right, forward, strike, price, truth]) => {
      const found = impliedEuropeanTotalVolatility(right === 'C', forward, strike, price);
      return Math.abs(found - truth) / (truth * Number.EPSILON);
    })
    .sort((one, other) => one - other);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

describe('impliedEuropeanTotalVolatility', () => {
  it('agrees with 60-digit values to the last digit', () => {
    const errors = computeErrors(points);
    expect(errors).toHaveLength(1500);
    expect(errors.every((error) => Number.isFinite(error))).toBe(true);
    expect(quantile(errors, 0.5)).toBeLessThan(0.7);
    expect(quantile(errors, 0.99)).toBeLessThan(2.7);
    expect(quantile(errors, 1)).toBeLessThan(5);
  });

  it.each([
    ['at the money', 0, 1e-9],
    ['near the money', 1e-9, 1],
    ['out of the money', 1, 3],
    ['far out of the money', 3, 10],
    ['where prices are below 1e-20', 10, 20],
    ['where prices are below 1e-80', 20, 40],
  ])('is accurate to the last digit %s', (_, from, until) => {
    const region = points.filter(([, forward, strike, , deviation]) => {
      const deviations = Math.abs(Math.log(forward / strike)) / deviation;
      return deviations >= from && deviations < until;
    });
    expect(region.length).toBeGreaterThan(50);
    const errors = computeErrors(region);
    expect(quantile(errors, 0.5)).toBeLessThan(1);
    expect(quantile(errors, 1)).toBeLessThan(5);
  });

  it('is accurate for prices just below the maximum', () => {
    // Φ(−2.5) · 2 = 0.01241…: only the difference of the price from 1 determines this total volatility.
    expect(Math.abs(impliedEuropeanTotalVolatility(true, 1, 1, 0.9875806693484477) / 5 - 1)).toBeLessThan(3e-15);
  });

  it('solves prices below the smallest normal number', () => {
    for (const price of [1e-290, 1e-300, 1e-305]) {
      const deviation = impliedEuropeanTotalVolatility(true, 100, 200, price);
      expect(deviation).toBeGreaterThan(0.01);
      expect(deviation).toBeLessThan(0.02);
    }
    expect(impliedEuropeanTotalVolatility(true, 100, 200, Number.MIN_VALUE)).toBe(-ivReasonCode['not-determined']);
  });

  it('returns the negative code of the reason without a solution', () => {
    expect(impliedEuropeanTotalVolatility(true, 110, 100, 9)).toBe(-ivReasonCode['below-intrinsic']);
    expect(impliedEuropeanTotalVolatility(false, 100, 110, 9)).toBe(-ivReasonCode['below-intrinsic']);
    expect(impliedEuropeanTotalVolatility(true, 110, 100, 110)).toBe(-ivReasonCode['above-maximum']);
    expect(impliedEuropeanTotalVolatility(false, 110, 100, 100.5)).toBe(-ivReasonCode['above-maximum']);
    expect(impliedEuropeanTotalVolatility(true, 110, 100, 10)).toBe(-ivReasonCode['not-determined']);
  });
});
