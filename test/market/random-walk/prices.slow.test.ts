import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarket } from '../../../src/market/market.js';
import { getCalendar } from '../../../src/calendar/calendars.js';
import {
  getAnsweredBars,
  getBars,
  windowBetween,
  farFuture,
  createTestMarket,
  nifty,
  getSession,
  createStock,
  unwrap,
} from '../market-fixture.js';

const decades = windowBetween('1990-01-01', '2051-01-01');

/** The annualized volatility of daily closes. */
function realizedVolatility(closes: Float64Array): number {
  let sum = 0;
  for (let index = 1; index < closes.length; index++) {
    sum += Math.log((closes[index] ?? NaN) / (closes[index - 1] ?? NaN)) ** 2;
  }
  return Math.sqrt((sum / (closes.length - 1)) * 252);
}

describe('prices', () => {
  it('stay between 1 and 5,000 for sixty years with the volatility of stocks', () => {
    const symbols = Array.from({ length: 40 }, (_, index) => `MADE${index}`);
    for (const symbol of symbols) {
      const { low, high, close } = getAnsweredBars(createStock(symbol), '1 day', decades, farFuture).columns;
      expect(Math.min(...low), symbol).toBeGreaterThan(1);
      expect(Math.max(...high), symbol).toBeLessThan(5_000);
      expect(realizedVolatility(close), symbol).toBeGreaterThan(0.13);
      expect(realizedVolatility(close), symbol).toBeLessThan(0.48);
    }
  });

  it('have gaps at most opens, which are seldom large', () => {
    const bars = getBars(createStock('GAPS'), '1 day', windowBetween('2016-01-01', '2026-01-01'));
    const gaps = bars.slice(1).map((bar, index) => Math.abs(Math.log(bar.open / (bars[index]?.close ?? NaN))));
    expect(gaps.filter((gap) => gap > 0).length / gaps.length).toBeGreaterThan(0.95);
    const ranges = bars.map((bar) => Math.log(bar.high / bar.low));
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(gaps)).toBeLessThan(mean(ranges) / 2);
    expect(mean(gaps)).toBeGreaterThan(mean(ranges) / 10);
  });

  it('have the configured volatility for every symbol', () => {
    fc.assert(
      fc.property(fc.constantFrom('AAPL', 'BRKX', 'TSLA'), fc.constantFrom(0.1, 0.2, 0.6), (symbol, volatility) => {
        const own = createTestMarket(7, volatility);
        const { close } = getAnsweredBars(createStock(symbol), '1 day', decades, farFuture, 'TRADES', own).columns;
        expect(realizedVolatility(close) / volatility).toBeGreaterThan(0.95);
        expect(realizedVolatility(close) / volatility).toBeLessThan(1.05);
      }),
      { numRuns: 9 },
    );
  });

  it('are near the configured level, and scale with the level', () => {
    const with100 = createMarket({ settings: { seed: 1, volatility: null, basePrices: { BRKX: 100 } }, getCalendar });
    const with200 = createMarket({ settings: { seed: 1, volatility: null, basePrices: { BRKX: 200 } }, getCalendar });
    const window = windowBetween('2025-09-01', '2026-03-01');
    const low = getBars(createStock('BRKX'), '1 day', window, 'TRADES', with100);
    const high = getBars(createStock('BRKX'), '1 day', window, 'TRADES', with200);
    low.forEach((bar, index) => {
      expect(bar.close).toBeGreaterThan(60);
      expect(bar.close).toBeLessThan(160);
      expect((high[index]?.close ?? NaN) / bar.close).toBeCloseTo(2, 2);
    });
  });

  it('of well-known symbols are near their real level', () => {
    const close = getBars(nifty, '1 day', windowBetween('2025-12-01', '2025-12-02', 'XNSE'))[0]?.close ?? NaN;
    expect(close).toBeGreaterThan(26_000 * 0.75);
    expect(close).toBeLessThan(26_000 * 1.3);
  });
});

describe('volume', () => {
  it('is highest at both ends of a session', () => {
    const window = windowBetween('2025-01-01', '2025-07-01');
    const minutes = getBars(createStock('AAPL'), '30 mins', window);
    const slots = Array.from({ length: 13 }, () => 0);
    for (const bar of minutes) {
      const slot = (bar.ts - getSession(new Date(bar.ts).toISOString().slice(0, 10)).open) / 1_800_000;
      slots[slot] = (slots[slot] ?? 0) + bar.volume;
    }
    const middle = slots[6] ?? NaN;
    expect(slots[0]).toBeGreaterThan(1.8 * middle);
    expect(slots[12]).toBeGreaterThan(1.8 * middle);
    expect(slots[3]).toBeLessThan(1.5 * middle);
  });

  it('is lognormal from day to day and smaller on half-days', () => {
    const bars = getBars(createStock('AAPL'), '1 day', windowBetween('2016-01-01', '2026-01-01'));
    const logs = bars.map((bar) => Math.log(bar.volume));
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
    const skew = logs.reduce((sum, value) => sum + ((value - mean) / deviation) ** 3, 0) / logs.length;
    expect(deviation).toBeGreaterThan(0.25);
    expect(deviation).toBeLessThan(0.5);
    expect(Math.abs(skew)).toBeLessThan(0.5);
    const halfDay = bars.find((bar) => bar.ts === getSession('2025-11-28').open)?.volume ?? NaN;
    expect(Math.log(halfDay)).toBeLessThan(mean);
  });

  it('of an index is zero', () => {
    for (const bar of getBars(nifty, '5 mins', windowBetween('2025-06-04', '2025-06-05', 'XNSE'))) {
      expect(bar).toMatchObject({ volume: 0, bar_count: 0, wap: NaN });
    }
  });

  it('of an illiquid stock leaves minutes without a trade, and without a bar', () => {
    const minutes = getBars(createStock('QUIET121'), '1 min', windowBetween('2025-06-04', '2025-06-05')).length;
    expect(minutes).toBeGreaterThan(50);
    expect(minutes).toBeLessThan(380);
  });
});

describe('Market.contract', () => {
  it('returns the real name of a well-known symbol and a placeholder for other symbols', () => {
    const apple = unwrap(createTestMarket(1).contract(createStock('AAPL')));
    expect(apple).toMatchObject({
      longName: 'Apple Inc',
      secType: 'STK',
      primaryExchange: 'NASDAQ',
      currency: 'USD',
      minTick: 0.01,
      timeZone: 'America/New_York',
      multiplier: null,
    });
    expect(unwrap(createTestMarket(1).contract(nifty))).toMatchObject({
      longName: 'NIFTY 50',
      secType: 'IND',
      minTick: 0.05,
      timeZone: 'Asia/Kolkata',
    });
    expect(unwrap(createTestMarket(1).contract(createStock('BRKX'))).longName).toBe('Mock BRKX Corp');
  });

  it('returns a unique id, independent of the seed', () => {
    const symbols = Array.from({ length: 10_000 }, (_, index) => `N${index}`);
    const numbers = symbols.map((symbol) => unwrap(createTestMarket(1).contract(createStock(symbol))).conId);
    expect(new Set(numbers).size).toBe(symbols.length);
    expect(numbers.filter((number) => !Number.isSafeInteger(number) || number <= 0)).toEqual([]);
    expect(unwrap(createTestMarket(2).contract(createStock('N17'))).conId).toBe(numbers[17]);
  });

  it('returns no-symbol for symbols that begin with UNKNOWN and no-calendar for an unknown calendar', () => {
    expect(createTestMarket(1).contract(createStock('UNKNOWN1'))).toEqual({ found: false, reason: 'no-symbol' });
    expect(createTestMarket(1).contract({ ...createStock('AAPL'), calendar: 'XXXX' })).toEqual({
      found: false,
      reason: 'no-calendar',
    });
  });

  it('accepts symbols that are property names of objects', () => {
    for (const symbol of ['constructor', 'toString', '__proto__']) {
      expect(unwrap(createTestMarket(1).contract(createStock(symbol))).longName).toBe(`Mock ${symbol} Corp`);
    }
  });
});
