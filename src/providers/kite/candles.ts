import { isIntraday } from '../../core/bars.js';
import type { BarSize } from '../../core/bars.js';
import type { Calendar, Session } from '../../core/calendar.js';
import type { RowsOf } from '../../core/rows.js';
import { addDays, dayNumber, minute } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { isPossibleBar } from '../possible-bar.js';
import { indianDate, startOfIndianDay } from './indian-time.js';

/** One candle: when it begins, for a day its midnight in India. */
export interface Candle {
  readonly at: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** NaN for what is no contract. */
  readonly openInterest: number;
}

/** Reads the answer to a call for candles; null when it is not one. Contracts were asked for with their open interest. */
export function readCandles(answer: unknown, isContract: boolean): readonly Candle[] | null {
  if (!Array.isArray(answer)) return null;
  const candles: Candle[] = [];
  for (const value of answer) {
    const candle = readCandle(value, isContract);
    if (candle === null) return null;
    candles.push(candle);
  }
  return candles;
}

function readCandle(value: unknown, isContract: boolean): Candle | null {
  if (typeof value !== 'object' || value === null) return null;
  const { date, open, high, low, close, volume, oi }: Readonly<Record<string, unknown>> = { ...value };
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return null;
  if (!isNumber(open) || !isNumber(high) || !isNumber(low) || !isNumber(close)) return null;
  if (!isPossibleBar({ open, high, low, close })) return null;
  // The library leaves an interest of 0 out.
  const openInterest = isContract ? (isCount(oi) ? oi : 0) : NaN;
  return { at: date.getTime(), open, high, low, close, volume: isCount(volume) ? volume : NaN, openInterest };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isCount(value: unknown): value is number {
  return isNumber(value) && Number.isFinite(value) && value >= 0;
}

/** Bars as the columns of both their tables. */
export type BarColumns = RowsOf<'equity_bars'>['columns'];

/** Whose bars, which, and up to when they are whole. */
export interface BarRules {
  readonly calendar: Calendar;
  readonly barSize: BarSize;
  readonly window: Window;
}

interface Placed {
  readonly ts: Instant;
  readonly session: number;
  readonly candle: Candle;
}

/**
 * The bars of a window: daily ones stand at the open of their session, shorter ones where they begin. What Kite has from
 * outside regular hours is left out; on a day that the calendar does not know everything is kept. Of a time that comes twice
 * the later candle counts.
 */
export function barColumns(candles: readonly Candle[], rules: BarRules): { length: number; columns: BarColumns } {
  const { calendar, barSize, window } = rules;
  const sessions = sessionsByDate(calendar, candles);
  const byTime = new Map<Instant, Placed>();
  for (const candle of candles) {
    const date = indianDate(candle.at);
    const session = sessions.get(date);
    const ts = isIntraday(barSize) ? candle.at : (session?.open ?? usualOpen(candle.at));
    const isRegular = session === undefined || (ts >= session.open && ts < session.close);
    if (isRegular && ts >= window.start && ts < window.end) byTime.set(ts, { ts, session: dayNumber(date), candle });
  }
  const bars = [...byTime.values()].sort((a, b) => a.ts - b.ts);
  const column = (valueOf: (bar: Placed) => number): Float64Array => Float64Array.from(bars, valueOf);
  return {
    length: bars.length,
    columns: {
      ts: column(({ ts }) => ts),
      session: column(({ session }) => session),
      open: column(({ candle }) => candle.open),
      high: column(({ candle }) => candle.high),
      low: column(({ candle }) => candle.low),
      close: column(({ candle }) => candle.close),
      volume: column(({ candle }) => candle.volume),
      wap: column(() => NaN),
      bar_count: column(() => NaN),
      open_interest: column(({ candle }) => candle.openInterest),
    },
  };
}

function usualOpen(at: Instant): Instant {
  return startOfIndianDay(indianDate(at)) + (9 * 60 + 15) * minute;
}

function sessionsByDate(calendar: Calendar, candles: readonly Candle[]): ReadonlyMap<string, Session> {
  if (candles.length === 0) return new Map();
  const times = candles.map(({ at }) => at);
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const sessions = calendar.sessions(indianDate(first), addDays(indianDate(last), 1));
  return new Map(sessions.map((session) => [session.date, session]));
}
