import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import type { Instrument } from '../../../src/core/series.js';
import { addDays } from '../../../src/core/time/time.js';
import type { LocalDate } from '../../../src/core/time/time.js';
import type { ListedOption } from '../../../src/market/options/option-chain.js';
import { defaultMarket, getSession, unwrap } from '../market-fixture.js';

function indian(symbol: string, kind: Instrument['kind'], calendar = 'XNSE'): Instrument {
  return { symbol, kind, exchange: calendar === 'XNSE' ? 'NSE' : 'BSE', currency: 'INR', calendar };
}

function getChain(instrument: Instrument, date: LocalDate): readonly ListedOption[] {
  return unwrap(defaultMarket.chain(instrument, getSession(date, instrument.calendar).open));
}

function getExpiries(chain: readonly ListedOption[]): readonly LocalDate[] {
  return [...new Set(chain.map(({ expiry }) => expiry))];
}

const weekday = (date: LocalDate): number => new Date(`${date}T00:00:00Z`).getUTCDay();

describe('Indian options', () => {
  it('expire weekly, quarterly and half-yearly on the main index of each exchange, and monthly on other underlyings', () => {
    const nifty = getExpiries(getChain(indian('NIFTY', 'index'), '2026-07-06'));
    expect(nifty).toEqual(
      (
        '2026-07-07 2026-07-14 2026-07-21 2026-07-28 2026-08-04 2026-08-25 2026-09-29 2026-12-29 2027-03-30 2027-06-29 ' +
        '2027-12-28 2028-06-27'
      ).split(' '),
    );
    for (const symbol of ['BANKNIFTY', 'FINNIFTY', 'MIDCPNIFTY']) {
      expect(getExpiries(getChain(indian(symbol, 'index'), '2026-07-06'))).toEqual([
        '2026-07-28',
        '2026-08-25',
        '2026-09-29',
      ]);
    }
    expect(getExpiries(getChain(indian('RELIANCE', 'stock'), '2026-07-06')).length).toBe(3);
  });

  it('expire on the weekday of their exchange and year, or in the session before', () => {
    const expected = [
      ['NIFTY', 'XNSE', '2025-03-03', 4],
      ['NIFTY', 'XNSE', '2026-03-02', 2],
      ['SENSEX', 'XBOM', '2024-03-04', 5],
      ['SENSEX', 'XBOM', '2025-03-03', 2],
      ['SENSEX', 'XBOM', '2026-03-02', 4],
    ] as const;
    for (const [symbol, calendar, date, day] of expected) {
      const [nominal] = getExpiries(getChain(indian(symbol, 'index', calendar), date)).slice(1);
      if (nominal === undefined) throw new Error('no second expiry');
      const sessions = requireCalendar(calendar).sessions(addDays(nominal, 1), addDays(nominal, 7));
      const missed = Array.from({ length: 6 }, (_, index) => addDays(nominal, index)).find(
        (candidate) => weekday(candidate) === day,
      );
      expect(missed, symbol).toBeDefined();
      if (missed !== nominal) expect(sessions.some((session) => session.date <= (missed ?? ''))).toBe(false);
    }
  });

  it('have the strike distance of their exchange', () => {
    for (const [symbol, step] of [
      ['NIFTY', 50],
      ['BANKNIFTY', 100],
      ['MIDCPNIFTY', 25],
    ] as const) {
      const chain = getChain(indian(symbol, 'index'), '2026-07-06');
      for (const expiry of getExpiries(chain)) {
        const strikes = [...new Set(chain.filter((option) => option.expiry === expiry).map((option) => option.strike))];
        expect(strikes.length).toBeGreaterThan(40);
        strikes.slice(1).forEach((strike, index) => expect(strike - (strikes[index] ?? NaN)).toBe(step));
      }
    }
  });

  it('have lot sizes by circular, and stocks lots worth about 750,000 rupees', () => {
    const lots = (symbol: string, kind: Instrument['kind'], date: LocalDate, calendar = 'XNSE'): readonly number[] => [
      ...new Set(getChain(indian(symbol, kind, calendar), date).map(({ multiplier }) => multiplier)),
    ];
    expect(lots('NIFTY', 'index', '2025-07-07')).toEqual([75, 65]);
    expect(lots('NIFTY', 'index', '2026-07-06')).toEqual([65]);
    expect(lots('BANKNIFTY', 'index', '2026-07-06')).toEqual([30]);
    expect(lots('FINNIFTY', 'index', '2026-07-06')).toEqual([60]);
    expect(lots('MIDCPNIFTY', 'index', '2026-07-06')).toEqual([120]);
    expect(lots('SENSEX', 'index', '2026-07-06', 'XBOM')).toEqual([20]);
    expect(lots('RELIANCE', 'stock', '2026-07-06')).toEqual([475]);
    expect(lots('MARUTI', 'stock', '2026-07-06')).toEqual([45]);
  });

  it('do not apply to a symbol of another currency with the same name', () => {
    const gold = (currency: string, calendar: string): number =>
      unwrap(
        defaultMarket.quote(
          { symbol: 'GOLD', kind: 'stock', exchange: 'SMART', currency, calendar },
          Date.UTC(2026, 0, 7, 16),
        ),
      )?.last ?? NaN;
    expect(gold('INR', 'XNSE')).toBeGreaterThan(50_000);
    expect(gold('USD', 'XNYS')).toBeLessThan(1_000);
  });

  it('quote the average price so far, and none for an index', () => {
    const { open, close } = getSession('2026-07-06', 'XNSE');
    for (const at of [open + 60_000, (open + close) / 2, close]) {
      const quote = unwrap(defaultMarket.quote(indian('RELIANCE', 'stock'), at));
      expect(quote?.averagePrice).toBeGreaterThanOrEqual(quote?.low ?? NaN);
      expect(quote?.averagePrice).toBeLessThanOrEqual(quote?.high ?? NaN);
      expect(unwrap(defaultMarket.quote(indian('NIFTY', 'index'), at))?.averagePrice).toBeNull();
    }
  });
});
