import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chainAccuracy, createAmericanPricer } from '../../../src/analytics/american/american-pricer.js';
import { createChainPricer } from '../../../src/analytics/american/chain-pricer.js';
import { solveAmerican } from '../../../src/analytics/american/solve-american.js';
import type { OptionTerms } from '../../../src/analytics/conventions.js';
import { ivReasonFromCode } from '../../../src/analytics/iv-reason.js';

const exact = createAmericanPricer(chainAccuracy);
const chain = createChainPricer(chainAccuracy);

test('createChainPricer differs from a pricer that solves every boundary by less than 1e-5 of spot and strike', () => {
  const terms = fc.record({
    call: fc.boolean(),
    deviations: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
    years: fc.double({ min: 1 / 52, max: 2, noNaN: true }),
    rate: fc.double({ min: 0.01, max: 0.09, noNaN: true }),
    dividendYield: fc.double({ min: 0.001, max: 0.08, noNaN: true }),
    volatility: fc.double({ min: 0.12, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(terms, ({ call, deviations, years, rate, dividendYield, volatility }) => {
      const strike = 100 * Math.exp(deviations * volatility * Math.sqrt(years));
      const option: OptionTerms = { right: call ? 'C' : 'P', spot: 100, strike, years, rate, dividendYield };
      const one = chain(option, volatility);
      const other = exact(option, volatility);
      expect(Math.abs(one - other) / Math.max(100, strike)).toBeLessThan(1e-5);
    }),
    { numRuns: 300 },
  );
});

test('createChainPricer returns the same price after 40 other terms were priced', () => {
  const option = { right: 'P', spot: 100, strike: 105, years: 0.5, rate: 0.04, dividendYield: 0.01 } as const;
  const first = chain(option, 0.25);
  for (let index = 0; index < 40; index++) {
    const right = index % 2 === 0 ? 'C' : 'P';
    chain({ right, spot: 100, strike: 90, years: 0.1 + index / 50, rate: 0.03, dividendYield: 0.02 }, 0.3);
  }
  expect(chain(option, 0.25)).toBe(first);
});

test('solveAmerican rejects a price below the deterministic value without calling the pricer', () => {
  let calls = 0;
  const column = (value: number): Float64Array => Float64Array.of(value);
  const found = { volatility: new Float64Array(1), reason: new Uint8Array(1) };
  // At expiry the call is worth 20.9 without any volatility; exercising it now gives 20.
  const terms = {
    right: Int8Array.of(1),
    spot: column(100),
    strike: column(80),
    years: column(0.5),
    rate: column(0.04),
  };
  const batch = { ...terms, dividendYield: column(0.012), price: column(20.5) };
  solveAmerican(
    (...args) => {
      calls++;
      return exact(...args);
    },
    batch,
    found,
  );
  expect([ivReasonFromCode(found.reason[0] ?? 0), calls]).toEqual(['below-intrinsic', 0]);
  solveAmerican(exact, { ...batch, price: column(21.2) }, found);
  expect(found.volatility[0]).toBeGreaterThan(0.05);
});
