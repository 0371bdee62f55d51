import { calendarOf } from '../../src/calendar/calendars.js';
import type { BarSize, What } from '../../src/core/bars.js';
import type { Calendar, Session } from '../../src/core/calendar.js';
import type { Instrument, OptionContract } from '../../src/core/series.js';
import { addDays } from '../../src/core/time.js';
import type { LocalDate } from '../../src/core/time.js';
import type { Window } from '../../src/core/window.js';
import type { Bars } from '../../src/market/bar-columns.js';
import { createMarket } from '../../src/market/market.js';
import type { AnsweredBars, Found, Market } from '../../src/market/market.js';

/** One bar, as a row. */
export interface Row {
  readonly ts: number;
  readonly session: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly wap: number;
  readonly bar_count: number;
  readonly open_interest: number;
}

/** Late enough for everything the tests ask about to have happened. */
export const later = Date.parse('2060-01-01T00:00:00Z');

export const market = marketOf(1);

export function marketOf(seed: number, volatility: number | null = null): Market {
  return createMarket({ settings: { seed, volatility, basePrices: {} }, calendarOf });
}

export function stock(symbol: string): Instrument {
  return { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
}

export const nifty: Instrument = { symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' };

export function calendarNamed(name: string): Calendar {
  const calendar = calendarOf(name);
  if (calendar === undefined) throw new Error(`no calendar ${name}`);
  return calendar;
}

export function sessionOn(date: LocalDate, calendar = 'XNYS'): Session {
  const [session] = calendarNamed(calendar).sessions(date, addDays(date, 1));
  if (session === undefined) throw new Error(`${calendar} is closed on ${date}`);
  return session;
}

/** From the start of one date to the start of another, as the exchange counts. */
export function between(from: LocalDate, to: LocalDate, calendar = 'XNYS'): Window {
  const known = calendarNamed(calendar);
  return { start: known.startOf(from), end: known.startOf(to) };
}

export function valueOf<T>(found: Found<T>): T {
  if (!found.found) throw new Error(`not found: ${found.why}`);
  return found.value;
}

export function rowsOf({ length, columns }: Bars): Row[] {
  return Array.from({ length }, (_, index) => ({
    ts: columns.ts[index] ?? NaN,
    session: columns.session[index] ?? NaN,
    open: columns.open[index] ?? NaN,
    high: columns.high[index] ?? NaN,
    low: columns.low[index] ?? NaN,
    close: columns.close[index] ?? NaN,
    volume: columns.volume[index] ?? NaN,
    wap: columns.wap[index] ?? NaN,
    bar_count: columns.bar_count[index] ?? NaN,
    open_interest: columns.open_interest[index] ?? NaN,
  }));
}

export function askBars(
  instrument: Instrument,
  barSize: BarSize,
  window: Window,
  what: What = 'TRADES',
  from = market,
): Row[] {
  return rowsOf(answerOf(instrument, barSize, window, later, what, from));
}

export function answerOf(
  instrument: Instrument,
  barSize: BarSize,
  window: Window,
  now: number,
  what: What = 'TRADES',
  from = market,
): AnsweredBars {
  return valueOf(from.bars({ instrument, barSize, what, window, now }));
}

export function askOptionBars(
  instrument: Instrument,
  contract: Omit<OptionContract, 'conId'>,
  barSize: BarSize,
  window: Window,
  what: What = 'TRADES',
): Row[] {
  return rowsOf(valueOf(market.optionBars({ instrument, contract, barSize, what, window, now: later })));
}
