import { requireCalendar } from '../fixtures/require-calendar.js';
import { getCalendar } from '../../src/calendar/calendars.js';
import type { BarSize, PriceType } from '../../src/core/tables/bars.js';
import type { TradingSession } from '../../src/core/time/calendar.js';
import type { Instrument, OptionContract } from '../../src/core/series.js';
import { addDays } from '../../src/core/time/time.js';
import type { LocalDate } from '../../src/core/time/time.js';
import type { Window } from '../../src/core/time/window.js';
import type { Bars } from '../../src/market/bars/bar-collector.js';
import { createMarket } from '../../src/market/market.js';
import type { AnsweredBars, LookupResult, Market } from '../../src/market/market.js';

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

/** After everything that the tests request. */
export const farFuture = Date.parse('2060-01-01T00:00:00Z');

export const defaultMarket = createTestMarket(1);

export function createTestMarket(seed: number, volatility: number | null = null): Market {
  return createMarket({ settings: { seed, volatility, basePrices: {} }, getCalendar });
}

export function createStock(symbol: string): Instrument {
  return { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
}

export const nifty: Instrument = { symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' };

export function getSession(date: LocalDate, calendar = 'XNYS'): TradingSession {
  const [session] = requireCalendar(calendar).sessions(date, addDays(date, 1));
  if (session === undefined) throw new Error(`${calendar} is closed on ${date}`);
  return session;
}

/** From the start of one date to the start of another, in exchange time. */
export function windowBetween(from: LocalDate, to: LocalDate, calendar = 'XNYS'): Window {
  const known = requireCalendar(calendar);
  return { start: known.startOf(from), end: known.startOf(to) };
}

export function unwrap<T>(found: LookupResult<T>): T {
  if (!found.found) throw new Error(`not found: ${found.reason}`);
  return found.value;
}

export function toRows({ length, columns }: Bars): Row[] {
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

export function getBars(
  instrument: Instrument,
  barSize: BarSize,
  window: Window,
  what: PriceType = 'TRADES',
  from = defaultMarket,
): Row[] {
  return toRows(getAnsweredBars(instrument, barSize, window, farFuture, what, from));
}

export function getAnsweredBars(
  instrument: Instrument,
  barSize: BarSize,
  window: Window,
  now: number,
  what: PriceType = 'TRADES',
  from = defaultMarket,
): AnsweredBars {
  return unwrap(from.bars({ instrument, barSize, priceType: what, window, now }));
}

export function getOptionBars(
  instrument: Instrument,
  contract: Omit<OptionContract, 'conId'>,
  barSize: BarSize,
  window: Window,
  what: PriceType = 'TRADES',
): Row[] {
  return toRows(
    unwrap(defaultMarket.optionBars({ instrument, contract, barSize, priceType: what, window, now: farFuture })),
  );
}
