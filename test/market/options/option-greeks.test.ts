import { expect, test } from 'vitest';
import { blackScholesPrice } from '../../../src/analytics/european/black.js';
import { computeOptionGreeks } from '../../../src/market/options/option-greeks.js';
import { getSessionYearsToExpiry, riskFreeRate } from '../../../src/market/options/option-pricing.js';

const close = Date.parse('2026-11-18T21:00:00Z');

test.each([
  ['C', 270, '2026-12-18T21:00:00Z'],
  ['P', 250, '2026-12-18T21:00:00Z'],
  ['P', 300, '2027-06-18T20:00:00Z'],
  ['C', 276, '2026-11-18T21:00:00Z'],
] as const)('computeOptionGreeks of %s %i on %s returns the slopes of its price', (right, strike, expiry) => {
  const times = { close, expiry: Date.parse(expiry) };
  const years = getSessionYearsToExpiry(times.close, times.expiry);
  const price = (spot: number, volatility: number, left = years): number =>
    blackScholesPrice({ right, spot, strike, years: left, rate: riskFreeRate, dividendYield: 0, volatility });
  const { delta, gamma, vega, theta } = computeOptionGreeks(
    { strike, right },
    { underlyingPrice: 275, impliedVolatility: 0.2 },
    times,
  );
  expect(delta).toBeCloseTo((price(275.01, 0.2) - price(274.99, 0.2)) / 0.02, 5);
  expect(gamma).toBeCloseTo((price(275.05, 0.2) - 2 * price(275, 0.2) + price(274.95, 0.2)) / 0.0025, 4);
  expect(vega).toBeCloseTo((price(275, 0.2001) - price(275, 0.1999)) / 0.02, 5);
  const step = years / 1e4;
  expect(theta).toBeCloseTo((price(275, 0.2, years - step) - price(275, 0.2, years + step)) / (2 * step * 365), 4);
});
