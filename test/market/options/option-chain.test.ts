import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { addDays, day, toDayNumber } from '../../../src/core/time/time.js';
import type { LocalDate } from '../../../src/core/time/time.js';
import type { ListedOption } from '../../../src/market/options/option-chain.js';
import {
  getBars,
  windowBetween,
  defaultMarket,
  createTestMarket,
  nifty,
  getSession,
  createStock,
  unwrap,
} from '../market-fixture.js';

function getChain(symbol: string, at: number): readonly ListedOption[] {
  return unwrap(defaultMarket.chain(createStock(symbol), at));
}

function getExpiries(chain: readonly ListedOption[]): readonly LocalDate[] {
  return [...new Set(chain.map((option) => option.expiry))];
}

function getStrikes(chain: readonly ListedOption[], expiry: LocalDate): readonly number[] {
  return [...new Set(chain.filter((option) => option.expiry === expiry).map((option) => option.strike))];
}

const noon = Date.parse('2025-06-04T16:00:00Z');

describe('expiries', () => {
  it('of a large company are the coming weeks, months and years', () => {
    expect(getExpiries(getChain('AAPL', noon))).toEqual(
      (
        '2025-06-06 2025-06-13 2025-06-20 2025-06-27 2025-07-03 2025-07-11 2025-07-18 2025-07-25 2025-08-15 2025-09-19 ' +
        '2025-10-17 2025-11-21 2025-12-19 2026-01-16 2026-02-20 2026-03-20 2026-04-17 2026-05-15 2026-06-18 2027-01-15'
      ).split(' '),
    );
  });

  it('of a small company are a few months', () => {
    const small = Array.from({ length: 30 }, (_, index) => getExpiries(getChain(`SML${index}`, noon))).filter(
      ({ length }) => length < 8,
    );
    expect(small.length).toBeGreaterThan(20);
    for (const expiries of small) {
      expect(expiries.slice(0, 2)).toEqual(['2025-06-20', '2025-07-18']);
      expect(expiries.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('are sessions; for a closed day, the last session before', () => {
    fc.assert(
      fc.property(fc.integer({ min: toDayNumber('1995-01-01'), max: toDayNumber('2045-01-01') }), (today) => {
        const expiries = getExpiries(getChain('SPY', today * day));
        for (const expiry of expiries) {
          expect(getSession(expiry).date).toBe(expiry);
          const nominal =
            Array.from({ length: 5 }, (_, index) => addDays(expiry, index)).find(
              (date) => toDayNumber(date) % 7 === 1,
            ) ?? '';
          expect(requireCalendar('XNYS').sessions(addDays(expiry, 1), addDays(nominal, 1))).toEqual([]);
        }
        expect(expiries).toEqual(expiries.toSorted());
        expect(expiries.length).toBeGreaterThanOrEqual(18);
      }),
      { numRuns: 25 },
    );
  });

  it('end with the close of their session', () => {
    const { close } = getSession('2025-06-06');
    expect(getExpiries(getChain('AAPL', close - 1))[0]).toBe('2025-06-06');
    expect(getExpiries(getChain('AAPL', close))[0]).toBe('2025-06-13');
  });

  it('have the weekdays of their country', () => {
    const expiries = (at: string): readonly LocalDate[] =>
      getExpiries(unwrap(defaultMarket.chain(nifty, Date.parse(at))));
    expect(expiries('2025-07-01T05:00:00Z').slice(0, 3)).toEqual(['2025-07-03', '2025-07-10', '2025-07-17']);
    expect(expiries('2025-11-03T05:00:00Z').slice(0, 4)).toEqual([
      '2025-11-04',
      '2025-11-11',
      '2025-11-18',
      '2025-11-25',
    ]);
  });
});

describe('strikes', () => {
  it('form a grid around the price', () => {
    for (const symbol of ['AAPL', 'F', 'SPY', 'MADEUP']) {
      const spot = getBars(createStock(symbol), '1 day', windowBetween('2025-06-04', '2025-06-05'))[0]?.close ?? NaN;
      const chain = getChain(symbol, noon);
      for (const expiry of getExpiries(chain)) {
        const strikes = getStrikes(chain, expiry);
        const step = (strikes[1] ?? NaN) - (strikes[0] ?? NaN);
        expect(strikes).toEqual(strikes.map((_, index) => (strikes[0] ?? NaN) + index * step));
        expect(strikes[0]).toBeLessThan(spot * 0.95);
        expect(strikes.at(-1)).toBeGreaterThan(spot * 1.05);
        expect(step / spot).toBeLessThan(0.08);
      }
    }
  });

  it('are the same all day, and no strike is removed before the expiry', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('AAPL', 'TSLA', 'BRKX'),
        fc.integer({ min: toDayNumber('2000-01-03'), max: toDayNumber('2040-01-01') }),
        (symbol, today) => {
          const calendar = requireCalendar('XNYS');
          const date = new Date(today * day).toISOString().slice(0, 10);
          const morning = getChain(symbol, calendar.startOf(date));
          expect(getChain(symbol, calendar.startOf(date) + 9 * 3_600_000)).toEqual(morning);
          const weekLater = calendar.startOf(addDays(date, 7));
          const later = new Set(getChain(symbol, weekLater).map((option) => option.conId));
          const lasting = new Set(getExpiries(morning).filter((expiry) => getSession(expiry).close > weekLater));
          expect(morning.filter(({ expiry, conId }) => lasting.has(expiry) && !later.has(conId))).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are added when the price moves', () => {
    const expiry = '2027-01-15';
    const first = getStrikes(getChain('TSLA', Date.parse('2025-02-01')), expiry);
    const last = getStrikes(getChain('TSLA', Date.parse('2027-01-10')), expiry);
    expect(last).toEqual(expect.arrayContaining([...first]));
    expect(last.length).toBeGreaterThan(first.length);
  });
});

describe('Market.chain', () => {
  it('lists calls first by expiry and strike, each with its own id and symbol', () => {
    const chain = getChain('SPY', noon);
    expect(new Set(chain.map((option) => option.conId)).size).toBe(chain.length);
    expect(new Set(chain.map((option) => option.localSymbol)).size).toBe(chain.length);
    chain.slice(1).forEach((option, index) => {
      const before = chain[index];
      if (before === undefined) throw new Error('out of range');
      const later =
        option.expiry > before.expiry ||
        (option.expiry === before.expiry && option.strike > before.strike) ||
        (option.expiry === before.expiry &&
          option.strike === before.strike &&
          before.right === 'C' &&
          option.right === 'P');
      expect(later, option.localSymbol).toBe(true);
    });
    for (const option of chain) expect(Number.isSafeInteger(option.conId) && option.conId > 0).toBe(true);
  });

  it('lists the same options for every seed wherever they are listed', () => {
    const other = new Map(
      unwrap(createTestMarket(2).chain(createStock('AAPL'), noon)).map((option) => [option.localSymbol, option.conId]),
    );
    const shared = getChain('AAPL', noon).filter((option) => other.has(option.localSymbol));
    expect(shared.length).toBeGreaterThan(100);
    for (const option of shared) expect(other.get(option.localSymbol)).toBe(option.conId);
  });

  it('uses the local symbols of the exchange', () => {
    const named = (chain: readonly ListedOption[], expiry: LocalDate): string =>
      chain.find((option) => option.expiry === expiry)?.localSymbol ?? '';
    expect(named(getChain('AAPL', noon), '2025-06-20')).toMatch(/^AAPL {2}250620C00\d{6}$/);
    const indian = unwrap(defaultMarket.chain(nifty, Date.parse('2025-11-03T05:00:00Z')));
    expect(named(indian, '2025-11-25')).toMatch(/^NIFTY25NOV\d+CE$/);
    expect(named(indian, '2025-11-04')).toMatch(/^NIFTY25N04\d+CE$/);
    expect(indian[0]?.multiplier).toBe(75);
  });

  it('lists no options for a future', () => {
    expect(unwrap(defaultMarket.chain({ ...createStock('ES'), kind: 'future' }, noon))).toEqual([]);
  });
});
