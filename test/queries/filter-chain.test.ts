import { expect, test } from 'vitest';

import type { ChainOption, OptionChain } from '../../src/queries/option-chain.js';
import { filterChain } from '../../src/queries/filter-chain.js';

function createOption(expiry: string, strike: number, right: 'C' | 'P', delta: number | null): ChainOption {
  return {
    ...{ ts: 0, expiry, strike, right, bid: null, ask: null, last: null, volume: null, openInterest: null },
    ...{ iv: null, delta, gamma: null, theta: null, vega: null, rho: null },
    ...{ underlyingPrice: 101, ivSource: null, ivReason: null, requestId: '', tradingClass: null },
  };
}

const chain: OptionChain = {
  symbol: 'SPY',
  provider: 'mock',
  at: 0,
  isPriced: true,
  timeZone: null,
  spot: 101,
  options: ['2026-11-27', '2026-12-18'].flatMap((expiry) =>
    [90, 100, 110].flatMap((strike) => [
      createOption(expiry, strike, 'C', (120 - strike) / 50),
      createOption(expiry, strike, 'P', strike === 90 ? null : -strike / 200),
    ]),
  ),
};

const all = { right: null, expiry: null, delta: null, strikes: null };

function describeOptions(filter: Partial<Parameters<typeof filterChain>[1]>): readonly string[] {
  return filterChain(chain, { ...all, ...filter }).options.map(
    ({ expiry, strike, right }) => `${expiry.slice(5)} ${strike}${right}`,
  );
}

test('a chain is narrowed by right, expiry, delta and distance from the money', () => {
  expect(filterChain(chain, all)).toEqual(chain);
  expect(describeOptions({ right: 'P', expiry: '2026-12-18' })).toEqual(['12-18 90P', '12-18 100P', '12-18 110P']);
  expect(describeOptions({ strikes: 0 })).toEqual(['11-27 100C', '11-27 100P', '12-18 100C', '12-18 100P']);
  expect(describeOptions({ delta: { from: -0.55, to: -0.5 }, expiry: '2026-11-27' })).toEqual([
    '11-27 100P',
    '11-27 110P',
  ]);
  expect(describeOptions({ delta: { from: -1, to: 0 }, right: 'C' })).toEqual([]);
});
