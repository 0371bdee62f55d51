import { describe, expect, test } from 'vitest';

import { formatChain, formatListedChain } from '../../../src/cli/output/format-chain.js';
import { minute } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { plainStyle } from '../../../src/platform/style.js';
import type { ChainOption, OptionChain } from '../../../src/queries/option-chain.js';

const at = Date.parse('2026-11-20T18:00:00Z');

function option(expiry: string, ts: Instant, tradingClass: string | null = null): ChainOption {
  return {
    ...{ ts, expiry, strike: 100, right: 'C', bid: 1, ask: 2, last: null, volume: null, openInterest: null },
    ...{ iv: 0.2, delta: 0.5, gamma: null, theta: null, vega: null, rho: null },
    ...{ underlyingPrice: 101, ivSource: 'computed', ivReason: null, requestId: '', tradingClass },
  };
}

function chain(options: readonly ChainOption[]): OptionChain {
  return { symbol: 'SPX', provider: 'mock', at, isPriced: true, timeZone: 'America/New_York', spot: 101, options };
}

const titles = (text: string): readonly string[] => text.split('\n').filter((line) => /^(?:SPX|2\d{3}-)/.test(line));

describe('formatChain', () => {
  test('shows the time of each expiry that is older than the newest, and marks it as stale', () => {
    const text = formatChain(
      chain([option('2026-11-27', at), option('2026-12-18', at - 58 * minute), option('2027-01-15', at - 2 * minute)]),
      plainStyle,
    );
    expect(titles(text)).toEqual([
      'SPX  101.00  2026-11-20 13:00 New York from mock',
      '2026-11-27  in 7 days',
      '2026-12-18  in 28 days  2026-11-20 12:02 New York  stale: 58m older than the newest',
      '2027-01-15  in 56 days  2026-11-20 12:58 New York',
    ]);
  });

  test('heads a single expiry with its own time, not with that of the newest', () => {
    const [head, title] = titles(formatChain(chain([option('2026-12-18', at - 40 * minute)]), plainStyle));
    expect(head).toBe('SPX  101.00  2026-11-20 12:20 New York from mock');
    expect(title).toBe('2026-12-18  in 28 days  stale: 40m older than the newest');
  });

  test('counts the days to expiry in the zone of the exchange, whose evening is the next day in UTC', () => {
    const evening = Date.parse('2026-11-21T01:39:00Z');
    const text = formatChain({ ...chain([option('2026-11-24', evening)]), at: evening }, plainStyle);
    expect(titles(text)).toEqual(['SPX  101.00  2026-11-20 20:39 New York from mock', '2026-11-24  in 4 days']);
  });

  test('shows the classes of one expiry in tables of their own', () => {
    const text = formatChain(chain([option('2026-12-18', at, 'SPX'), option('2026-12-18', at, 'SPXW')]), plainStyle);
    expect(titles(text).slice(1)).toEqual(['2026-12-18 SPX  in 28 days', '2026-12-18 SPXW  in 28 days']);
  });
});

test('formatListedChain counts the options of each expiry and class', () => {
  const text = formatListedChain(
    { ...chain([option('2026-11-27', at, 'SPXW'), option('2026-12-18', at, 'SPX')]), isPriced: false, spot: null },
    plainStyle,
  );
  expect(text.split('\n')[0]).toBe('SPX  no prices  listed 2026-11-20 13:00 New York by mock');
  expect(text).toMatch(/^2026-11-27 +in 7 days +SPXW +1 +1 +100 +100$/m);
});
