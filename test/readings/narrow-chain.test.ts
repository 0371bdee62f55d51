import { expect, test } from 'vitest';

import type { ChainOption, OptionChain } from '../../src/readings/chain.js';
import { narrowed } from '../../src/readings/narrow-chain.js';

function option(expiry: string, strike: number, right: 'C' | 'P', delta: number | null): ChainOption {
  return {
    ...{ ts: 0, expiry, strike, right, bid: null, ask: null, last: null, volume: null, openInterest: null },
    ...{ iv: null, delta, gamma: null, theta: null, vega: null, rho: null },
    ...{ underlyingPrice: 101, ivSource: null, ivReason: null, requestId: '' },
  };
}

const chain: OptionChain = {
  symbol: 'SPY',
  provider: 'mock',
  at: 0,
  spot: 101,
  options: ['2026-11-27', '2026-12-18'].flatMap((expiry) =>
    [90, 100, 110].flatMap((strike) => [
      option(expiry, strike, 'C', (120 - strike) / 50),
      option(expiry, strike, 'P', strike === 90 ? null : -strike / 200),
    ]),
  ),
};

const all = { right: null, expiry: null, delta: null, strikes: null };

function names(filter: Partial<Parameters<typeof narrowed>[1]>): readonly string[] {
  return narrowed(chain, { ...all, ...filter }).options.map(
    ({ expiry, strike, right }) => `${expiry.slice(5)} ${strike}${right}`,
  );
}

test('a chain is narrowed by right, expiry, delta and distance from the money', () => {
  expect(narrowed(chain, all)).toEqual(chain);
  expect(names({ right: 'P', expiry: '2026-12-18' })).toEqual(['12-18 90P', '12-18 100P', '12-18 110P']);
  expect(names({ strikes: 0 })).toEqual(['11-27 100C', '11-27 100P', '12-18 100C', '12-18 100P']);
  expect(names({ delta: { from: -0.55, to: -0.5 }, expiry: '2026-11-27' })).toEqual(['11-27 100P', '11-27 110P']);
  expect(names({ delta: { from: -1, to: 0 }, right: 'C' })).toEqual([]);
});
