import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { daysPerYear } from '../../../src/analytics/conventions.js';
import { computeGreeks } from '../../../src/analytics/european/greeks.js';

type Row = [
  right: 'C' | 'P',
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
  delta: number,
  gamma: number,
  vega: number,
  theta: number,
  rho: number,
];

const rows = JSON.parse(readFileSync(new URL('fixtures/greeks.json', import.meta.url), 'utf8')) as readonly Row[];

describe('computeGreeks', () => {
  it('agrees with 60-digit values to one part in 10^12', () => {
    expect(rows.length).toBeGreaterThanOrEqual(300);
    for (const [right, spot, strike, years, rate, dividendYield, volatility, delta, gamma, vega, theta, rho] of rows) {
      const greeks = computeGreeks({ right, spot, strike, years, rate, dividendYield, volatility });
      expect(Math.abs(greeks.delta / delta - 1)).toBeLessThan(1e-12);
      expect(Math.abs(greeks.gamma / gamma - 1)).toBeLessThan(1e-12);
      expect(Math.abs(greeks.vega / vega - 1)).toBeLessThan(1e-12);
      expect(Math.abs(greeks.rho / rho - 1)).toBeLessThan(1e-12);
      // Theta is a sum whose terms may cancel: its accuracy is relative to the largest term.
      const decay = (0.5 * gamma * spot * spot * volatility * volatility) / daysPerYear;
      expect(Math.abs(greeks.theta - theta)).toBeLessThan(1e-12 * Math.max(Math.abs(theta), decay));
    }
  });
});
