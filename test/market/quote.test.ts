import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  getBars,
  getOptionBars,
  windowBetween,
  defaultMarket,
  nifty,
  getSession,
  createStock,
  unwrap,
} from './market-fixture.js';

const apple = createStock('AAPL');
const session = getSession('2025-06-04');
const today = windowBetween('2025-06-04', '2025-06-05');
const [option] = unwrap(defaultMarket.chain(apple, session.open))
  .filter(({ expiry, right }) => expiry === '2025-06-20' && right === 'C')
  .slice(20);
if (option === undefined) throw new Error('no option');

const anySecond = fc
  .integer({ min: session.open / 1_000 + 1, max: session.close / 1_000 })
  .map((seconds) => seconds * 1_000);

describe('Market.quote', () => {
  it('equals the sum of the bars up to that second', () => {
    const seconds = getBars(apple, '1 secs', today);
    fc.assert(
      fc.property(anySecond, (at) => {
        const sofar = seconds.filter((bar) => bar.ts < at);
        expect(unwrap(defaultMarket.quote(apple, at))).toMatchObject({
          at,
          last: sofar.at(-1)?.close,
          open: sofar[0]?.open,
          high: Math.max(...sofar.map((bar) => bar.high)),
          low: Math.min(...sofar.map((bar) => bar.low)),
          volume: sofar.reduce((sum, bar) => sum + bar.volume, 0),
        });
      }),
      { numRuns: 30 },
    );
  });

  it('returns the last session until the next trade', () => {
    const [wednesday] = getBars(apple, '1 day', today);
    const [tuesday] = getBars(apple, '1 day', windowBetween('2025-06-03', '2025-06-04'));
    for (const at of [session.close, session.dayEnd, getSession('2025-06-05').open]) {
      expect(unwrap(defaultMarket.quote(apple, at))).toMatchObject({
        at: session.close,
        last: wednesday?.close,
        volume: wednesday?.volume,
        previousClose: tuesday?.close,
      });
    }
  });

  it('has a bid below and an ask above the last price, except for an index', () => {
    fc.assert(
      fc.property(anySecond, (at) => {
        const { bid, ask, last } = unwrap(defaultMarket.quote(apple, at)) ?? { bid: null, ask: null, last: NaN };
        expect(bid).toBeLessThanOrEqual(last);
        expect(ask).toBeGreaterThan(last);
      }),
      { numRuns: 20 },
    );
    expect(unwrap(defaultMarket.quote(nifty, session.close))).toMatchObject({ bid: null, ask: null, volume: 0 });
  });

  it('returns null before the calendar begins', () => {
    expect(unwrap(defaultMarket.quote(apple, Date.parse('1900-01-01')))).toBeNull();
  });
});

describe('Market.optionQuote', () => {
  it('includes the underlying price and a spread of half a percent', () => {
    const bars = getOptionBars(apple, option, '1 secs', today);
    fc.assert(
      fc.property(anySecond, (at) => {
        const quote = unwrap(defaultMarket.optionQuote(apple, option, at));
        const sofar = bars.filter((bar) => bar.ts < at);
        if (sofar.length === 0) {
          expect(quote?.at).toBe(getSession('2025-06-03').close);
          return;
        }
        expect(quote).toMatchObject({
          last: sofar.at(-1)?.close,
          volume: sofar.reduce((sum, bar) => sum + bar.volume, 0),
        });
        expect(quote?.underlyingPrice).toBe(unwrap(defaultMarket.quote(apple, at))?.last);
        expect(quote?.bid).toBeLessThan(quote?.ask ?? NaN);
        expect(quote?.openInterest).toBeGreaterThan(0);
        expect(quote?.impliedVolatility).toBeGreaterThan(0.15);
      }),
      { numRuns: 20 },
    );
  });

  it('shows the open interest of TRADES bars of any size; other price types have none', () => {
    const openInterest = unwrap(defaultMarket.optionQuote(apple, option, session.close))?.openInterest;
    for (const size of ['1 day', '30 mins', '30 secs'] as const)
      expect(new Set(getOptionBars(apple, option, size, today).map((bar) => bar.open_interest))).toEqual(
        new Set([openInterest]),
      );
    expect(getOptionBars(apple, option, '1 day', today, 'BID')[0]?.open_interest).toBeNaN();
    expect(getBars(apple, '1 day', today)[0]?.open_interest).toBeNaN();
  });

  it('shows most open interest at the money', () => {
    const chain = unwrap(defaultMarket.chain(apple, session.open)).filter(
      ({ expiry, right }) => expiry === '2025-06-20' && right === 'C',
    );
    const interest = chain.map(
      (one) => unwrap(defaultMarket.optionQuote(apple, one, session.close))?.openInterest ?? 0,
    );
    const spot = unwrap(defaultMarket.quote(apple, session.close))?.last ?? NaN;
    const middle = chain.findIndex(({ strike }) => strike > spot);
    const around = interest.slice(middle - 3, middle + 3).reduce((sum, value) => sum + value, 0) / 6;
    expect(around).toBeGreaterThan(3 * (interest[0] ?? NaN));
    expect(around).toBeGreaterThan(3 * (interest.at(-1) ?? NaN));
  });

  it('returns after-expiry after the last session', () => {
    expect(defaultMarket.optionQuote(apple, option, getSession('2025-06-23').open)).toEqual({
      found: false,
      reason: 'after-expiry',
    });
  });
});
