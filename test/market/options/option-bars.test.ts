import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarSize } from '../../../src/core/tables/bars.js';
import type { OptionContract, Right } from '../../../src/core/series.js';
import { day, minute } from '../../../src/core/time/time.js';
import { createOptionPricing, riskFreeRate, getAtmVolatility } from '../../../src/market/options/option-pricing.js';
import { createProfile } from '../../../src/market/instruments/symbol-profile.js';
import {
  getBars,
  getOptionBars,
  windowBetween,
  farFuture,
  defaultMarket,
  getSession,
  createStock,
  unwrap,
} from '../market-fixture.js';
import type { Row } from '../market-fixture.js';
import { expectNested, expectValidBars, nestedPairs, sizes } from '../expect-nested.js';

const apple = createStock('AAPL');
const date = '2025-06-04';
const session = getSession(date);
const today = windowBetween(date, '2025-06-05');
const chain = unwrap(defaultMarket.chain(apple, session.open));
const spot = getBars(apple, '1 day', today)[0]?.open ?? NaN;

/** The listed option nearest to a fraction of the spot. */
function findNearestOption(expiry: string, part: number, right: Right): OptionContract {
  const [best] = chain
    .filter((option) => option.expiry === expiry && option.right === right)
    .toSorted((a, b) => Math.abs(a.strike - part * spot) - Math.abs(b.strike - part * spot));
  if (best === undefined) throw new Error(`no options expire on ${expiry}`);
  return best;
}

describe('Market.optionBars', () => {
  const cases: readonly (readonly [string, OptionContract, string])[] = [
    ['a call at the money', findNearestOption('2025-06-20', 1, 'C'), date],
    ['a put at the money', findNearestOption('2025-06-20', 1, 'P'), date],
    ['a call far out of the money', findNearestOption('2025-06-20', 1.4, 'C'), date],
    ['a put far in the money', findNearestOption('2025-06-20', 1.4, 'P'), date],
    ['a call years away', findNearestOption('2027-01-15', 1.1, 'C'), date],
    ['a put on its last day', findNearestOption('2025-06-06', 1, 'P'), '2025-06-06'],
  ];

  it.each(cases)('returns bars that add up to every larger multiple of their size: %s', (_, contract, on) => {
    const inSession = getSession(on);
    const bySize = new Map<BarSize, Row[]>();
    for (const size of sizes) {
      const bars = getOptionBars(apple, contract, size, { start: inSession.dayStart, end: inSession.dayEnd });
      expectValidBars(bars, 0.01);
      bySize.set(size, bars);
    }
    expect(bySize.get('1 day')).toHaveLength(1);
    for (const [inner, outer] of nestedPairs)
      expectNested(inSession, bySize.get(inner) ?? [], bySize.get(outer) ?? [], outer);
  });

  it('returns the same bars for any window', () => {
    const contract = findNearestOption('2025-06-20', 1.05, 'C');
    const whole = getOptionBars(apple, contract, '5 mins', windowBetween('2025-06-02', '2025-06-21'));
    fc.assert(
      fc.property(fc.nat(19 * 288 - 1), fc.nat(3 * 288), (from, length) => {
        const start = windowBetween('2025-06-02', '2025-06-03').start + from * 5 * minute;
        const window = { start, end: start + length * 5 * minute };
        expect(getOptionBars(apple, contract, '5 mins', window)).toEqual(
          whole.filter((bar) => bar.ts >= window.start && bar.ts < window.end),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('returns bars for every session, and minutes only if they have trades', () => {
    const atTheMoney = findNearestOption('2025-06-20', 1, 'C');
    const farOut = findNearestOption('2025-06-20', 1.4, 'C');
    expect(getOptionBars(apple, farOut, '1 day', windowBetween('2025-06-02', '2025-06-14'))).toHaveLength(10);
    const busy = getOptionBars(apple, atTheMoney, '1 min', today);
    const quiet = getOptionBars(apple, farOut, '1 min', today);
    expect(quiet.length).toBeGreaterThan(0);
    expect(quiet.length).toBeLessThan(20);
    expect(busy.length).toBeGreaterThan(5 * quiet.length);
  });

  it('returns trades at prices quoted at the time, even with few trades in a session', () => {
    for (const part of [0.8, 1, 1.2]) {
      const contract = findNearestOption('2025-06-20', part, 'C');
      const window = windowBetween('2025-06-02', '2025-06-14');
      const bids = new Map(getOptionBars(apple, contract, '1 min', window, 'BID').map((bar) => [bar.ts, bar.low]));
      const asks = new Map(getOptionBars(apple, contract, '1 min', window, 'ASK').map((bar) => [bar.ts, bar.high]));
      const trades = getOptionBars(apple, contract, '1 min', window);
      for (const bar of trades) {
        expect(bar.low).toBeGreaterThanOrEqual(bids.get(bar.ts) ?? NaN);
        expect(bar.high).toBeLessThanOrEqual(asks.get(bar.ts) ?? NaN);
      }
    }
  });

  it('returns most volume at the money and near expiry', () => {
    const volume = (contract: OptionContract): number =>
      getOptionBars(apple, contract, '1 day', windowBetween('2025-05-01', '2025-06-05')).reduce(
        (sum, bar) => sum + bar.volume,
        0,
      );
    expect(volume(findNearestOption('2025-06-20', 1, 'C'))).toBeGreaterThan(
      4 * volume(findNearestOption('2025-06-20', 1.2, 'C')),
    );
    expect(volume(findNearestOption('2025-06-20', 1, 'P'))).toBeGreaterThan(
      4 * volume(findNearestOption('2025-06-20', 0.8, 'P')),
    );
    expect(volume(findNearestOption('2025-06-20', 1, 'C'))).toBeGreaterThan(
      2 * volume(findNearestOption('2026-01-16', 1, 'C')),
    );
  });

  it('returns no bars before the listing and after the expiry', () => {
    const contract = findNearestOption('2025-06-13', 1, 'C');
    const last = getOptionBars(apple, contract, '1 day', windowBetween('2025-06-11', '2025-07-01'));
    expect(last.map((bar) => bar.ts)).toEqual(
      ['2025-06-11', '2025-06-12', '2025-06-13'].map((on) => getSession(on).open),
    );
    const first = getOptionBars(apple, contract, '1 day', windowBetween('2024-01-01', '2025-06-14'))[0];
    expect(first?.ts).toBe(getSession('2025-04-21').open);
    const query = { instrument: apple, contract, barSize: '1 day', priceType: 'TRADES', now: farFuture } as const;
    expect(defaultMarket.optionBars({ ...query, window: windowBetween('2025-06-14', '2025-07-01') })).toEqual({
      found: false,
      reason: 'after-expiry',
    });
  });

  it('returns no-contract for options that are not listed or not listed yet', () => {
    const listed = findNearestOption('2025-06-13', 1, 'C');
    const query = {
      instrument: apple,
      barSize: '1 day',
      priceType: 'TRADES',
      window: today,
      now: session.close,
    } as const;
    const notFound = { found: false, reason: 'no-contract' };
    expect(defaultMarket.optionBars({ ...query, contract: { ...listed, strike: listed.strike + 0.01 } })).toEqual(
      notFound,
    );
    expect(defaultMarket.optionBars({ ...query, contract: { ...listed, strike: 10 * listed.strike } })).toEqual(
      notFound,
    );
    expect(defaultMarket.optionBars({ ...query, contract: { ...listed, expiry: '2025-06-12' } })).toEqual(notFound);
    expect(defaultMarket.optionBars({ ...query, contract: listed, now: Date.parse('2025-01-01') })).toEqual(notFound);
  });

  it('returns bars for every option of the chain', () => {
    for (const contract of chain) {
      expect(
        defaultMarket.optionBars({
          instrument: apple,
          contract,
          barSize: '1 day',
          priceType: 'TRADES',
          window: today,
          now: session.close,
        }),
      ).toMatchObject({
        found: true,
        value: { length: 1 },
      });
    }
  });
});

describe('option prices', () => {
  it('satisfy put-call parity in every minute', () => {
    for (const [expiry, part] of [
      ['2025-06-20', 0.9],
      ['2025-06-20', 1],
      ['2026-01-16', 1.2],
    ] as const) {
      const call = findNearestOption(expiry, part, 'C');
      const years = (getSession(expiry).close - session.close) / (365 * day);
      const underlying = getBars(apple, '1 min', today);
      const calls = getOptionBars(apple, call, '1 min', today, 'MIDPOINT');
      const puts = getOptionBars(apple, { ...call, right: 'P' }, '1 min', today, 'MIDPOINT');
      expect(calls).toHaveLength(underlying.length);
      underlying.forEach((bar, index) => {
        for (const at of ['open', 'close'] as const) {
          const difference = (calls[index]?.[at] ?? NaN) - (puts[index]?.[at] ?? NaN);
          const parity = bar[at] - call.strike * Math.exp(-riskFreeRate * years);
          // Bid and ask are each rounded to a cent.
          expect(Math.abs(difference - parity)).toBeLessThan(0.0201);
        }
      });
    }
  });

  it('of trades lie between bid and ask, half a percent apart', () => {
    const contract = findNearestOption('2025-09-19', 1, 'C');
    const trades = getOptionBars(apple, contract, '1 day', windowBetween('2025-05-01', '2025-06-05'));
    const bids = getOptionBars(apple, contract, '1 day', windowBetween('2025-05-01', '2025-06-05'), 'BID');
    const asks = getOptionBars(apple, contract, '1 day', windowBetween('2025-05-01', '2025-06-05'), 'ASK');
    expect(bids).toHaveLength(trades.length);
    trades.forEach((trade, index) => {
      const [bid = NaN, ask = NaN] = [bids[index]?.close, asks[index]?.close];
      expect(bid).toBeLessThanOrEqual(trade.close);
      expect(ask).toBeGreaterThanOrEqual(trade.close);
      expect(Math.abs(ask - bid - 0.005 * trade.close)).toBeLessThan(0.0201);
    });
  });

  it('of the last close are the intrinsic value plus at most a few steps', () => {
    const contract = findNearestOption('2025-06-06', 0.97, 'C');
    const [last] = getOptionBars(apple, contract, '1 day', windowBetween('2025-06-06', '2025-06-07'));
    const [underlying] = getBars(apple, '1 day', windowBetween('2025-06-06', '2025-06-07'));
    const intrinsic = Math.max((underlying?.close ?? NaN) - contract.strike, 0);
    expect(last?.close).toBeGreaterThanOrEqual(intrinsic - 0.01);
    expect(last?.close).toBeLessThan(intrinsic + 0.006 * spot);
  });

  const anyProfile = fc
    .string({ minLength: 1, maxLength: 6 })
    .map((symbol) => createProfile(createStock(symbol), { seed: 3, volatility: null, basePrices: {} }));
  const anyYears = fc.constantFrom(0.0004, 1 / 365, 3 / 365, 7 / 365, 30 / 365, 0.25, 1, 2);

  it('allow no arbitrage between strikes: calls fall and are convex, puts rise and are convex', () => {
    fc.assert(
      fc.property(anyProfile, anyYears, fc.double({ min: 5, max: 5_000, noNaN: true }), (profile, years, reference) => {
        const times = { session: 20_000, close: 0, expiry: years * 365 * day };
        const prices = (right: Right): number[] =>
          Array.from({ length: 121 }, (_, index) =>
            createOptionPricing(profile, { strike: reference * (0.4 + index * 0.01), right }, times, reference).price(
              reference,
            ),
          );
        const tiny = 1e-9 * reference;
        const [calls, puts] = [prices('C'), prices('P')];
        const differences = Array.from({ length: 119 }, (_, index) => {
          const [before = NaN, here = NaN, after = NaN] = calls.slice(index, index + 3);
          const [putBefore = NaN, put = NaN, putAfter = NaN] = puts.slice(index, index + 3);
          return [before - here, before + after - 2 * here, put - putBefore, putBefore + putAfter - 2 * put];
        });
        // Math.min of numbers with a NaN is NaN.
        expect(Math.min(...differences.flat())).toBeGreaterThanOrEqual(-tiny);
      }),
      { numRuns: 60 },
    );
  });

  it('imply 15 to 25 % at the money, and more on both sides', () => {
    fc.assert(
      fc.property(anyProfile, fc.integer({ min: 8_000, max: 29_000 }), (profile, on) => {
        const atTheMoney = getAtmVolatility(profile, on);
        expect(atTheMoney).toBeGreaterThanOrEqual(0.15);
        expect(atTheMoney).toBeLessThanOrEqual(0.25);
        const times = { session: on, close: 0, expiry: 30 * day };
        const at = (strike: number): number =>
          createOptionPricing(profile, { strike, right: 'C' }, times, 100).volatility;
        expect(at(80)).toBeGreaterThan(at(90));
        expect(at(90)).toBeGreaterThan(atTheMoney);
        expect(at(120)).toBeGreaterThan(at(110));
        expect(at(115)).toBeGreaterThan(atTheMoney);
        expect(at(80)).toBeGreaterThan(at(120));
      }),
    );
  });

  it('increase with the term', () => {
    fc.assert(
      fc.property(anyProfile, fc.double({ min: 0.6, max: 1.5, noNaN: true }), (profile, part) => {
        const price = (years: number): number =>
          createOptionPricing(
            profile,
            { strike: 100 * part, right: 'C' },
            { session: 20_000, close: 0, expiry: years * 365 * day },
            100,
          ).price(100);
        const prices = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2].map(price);
        expect(prices).toEqual(prices.toSorted((a, b) => a - b));
      }),
    );
  });
});
