import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chainAccuracy, createAmericanPricer } from '../../../src/analytics/american/american-pricer.js';
import { createChainPricer } from '../../../src/analytics/american/chain-pricer.js';
import { solveAmerican } from '../../../src/analytics/american/solve-american.js';
import { ivReasonFromCode } from '../../../src/analytics/iv-reason.js';

const exact = createAmericanPricer(chainAccuracy);
const chain = createChainPricer(chainAccuracy);

test('boundaries between those that were solved for price as well as their own', () => {
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
      const one = chain(call, 100, strike, years, rate, dividendYield, volatility);
      const other = exact(call, 100, strike, years, rate, dividendYield, volatility);
      expect(Math.abs(one - other) / Math.max(100, strike)).toBeLessThan(1e-5);
    }),
    { numRuns: 300 },
  );
});

test('what it is asked in between changes nothing', () => {
  const first = chain(false, 100, 105, 0.5, 0.04, 0.01, 0.25);
  for (let index = 0; index < 40; index++) chain(index % 2 === 0, 100, 90, 0.1 + index / 50, 0.03, 0.02, 0.3);
  expect(chain(false, 100, 105, 0.5, 0.04, 0.01, 0.25)).toBe(first);
});

test('a price that not even a market without chance explains is refused at once', () => {
  let asked = 0;
  const column = (value: number): Float64Array => Float64Array.of(value);
  const found = { volatility: new Float64Array(1), reason: new Uint8Array(1) };
  // Carried to expiry the call is worth 20.9 though exercising it now gives 20.
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
      asked++;
      return exact(...args);
    },
    batch,
    found,
  );
  expect([ivReasonFromCode(found.reason[0] ?? 0), asked]).toEqual(['below-intrinsic', 0]);
  solveAmerican(exact, { ...batch, price: column(21.2) }, found);
  expect(found.volatility[0]).toBeGreaterThan(0.05);
});
