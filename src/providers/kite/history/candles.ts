import { isIntraday } from '../../../core/tables/bars.js';
import type { BarSize } from '../../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import type { RowsOf } from '../../../core/tables/rows.js';
import { addDays, toDayNumber, minute } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import { isValidBar } from '../../is-valid-bar.js';
import { toIndianDate, startOfIndianDay } from '../indian-time.js';

/** One candle: when it begins, for a day its midnight in India. */
export interface KiteCandle {
  readonly startsAt: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** NaN for what is no contract. */
  readonly openInterest: number;
}

/** Reads the answer to a call for candles; null when it is not one. Contracts were asked for with their open interest. */
export function parseCandles(response: unknown, isContract: boolean): readonly KiteCandle[] | null {
  if (!Array.isArray(response)) return null;
  const candles: KiteCandle[] = [];
  for (const value of response) {
    const candle = parseCandle(value, isContract);
    if (candle === null) return null;
    candles.push(candle);
  }
  return candles;
}

function parseCandle(value: unknown, isContract: boolean): KiteCandle | null {
  if (typeof value !== 'object' || value === null) return null;
  const { date, open, high, low, close, volume, oi }: Readonly<Record<string, unknown>> = { ...value };
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return null;
  if (!isNumber(open) || !isNumber(high) || !isNumber(low) || !isNumber(close)) return null;
  if (!isValidBar({ open, high, low, close })) return null;
  // The library leaves an interest of 0 out.
  const openInterest = isContract ? (isCount(oi) ? oi : 0) : NaN;
  return { startsAt: date.getTime(), open, high, low, close, volume: isCount(volume) ? volume : NaN, openInterest };
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
export interface CandleSelection {
  readonly calendar: Calendar;
  readonly barSize: BarSize;
  readonly window: Window;
}

interface TimedCandle {
  readonly ts: Instant;
  readonly session: number;
  readonly candle: KiteCandle;
}

/**
 * The bars of a window: daily ones stand at the open of their session, shorter ones where they begin. What Kite has from
 * outside regular hours is left out; on a day that the calendar does not know everything is kept. Of a time that comes twice
 * the later candle counts.
 */
export function toBarColumns(
  candles: readonly KiteCandle[],
  selection: CandleSelection,
): { length: number; columns: BarColumns } {
  const { calendar, barSize, window } = selection;
  const sessions = groupSessionsByDate(calendar, candles);
  const byTime = new Map<Instant, TimedCandle>();
  for (const candle of candles) {
    const date = toIndianDate(candle.startsAt);
    const session = sessions.get(date);
    const ts = isIntraday(barSize) ? candle.startsAt : (session?.open ?? getDefaultOpen(candle.startsAt));
    const isRegular = session === undefined || (ts >= session.open && ts < session.close);
    if (isRegular && ts >= window.start && ts < window.end) byTime.set(ts, { ts, session: toDayNumber(date), candle });
  }
  const bars = [...byTime.values()].sort((a, b) => a.ts - b.ts);
  const column = (getValue: (bar: TimedCandle) => number): Float64Array => Float64Array.from(bars, getValue);
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

function getDefaultOpen(startsAt: Instant): Instant {
  return startOfIndianDay(toIndianDate(startsAt)) + (9 * 60 + 15) * minute;
}

function groupSessionsByDate(calendar: Calendar, candles: readonly KiteCandle[]): ReadonlyMap<string, TradingSession> {
  if (candles.length === 0) return new Map();
  const times = candles.map(({ startsAt }) => startsAt);
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const sessions = calendar.sessions(toIndianDate(first), addDays(toIndianDate(last), 1));
  return new Map(sessions.map((session) => [session.date, session]));
}
