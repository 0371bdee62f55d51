import { isFiniteNumber, isRecord } from '../../../platform/json.js';
import { isIntraday } from '../../../core/tables/bars.js';
import type { BarSize } from '../../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import type { RowsOf } from '../../../core/tables/rows.js';
import { addDays, toDayNumber, minute } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import type { SeriesOf } from '../../../core/series.js';
import { isValidBar } from '../../is-valid-bar.js';
import { toIndianDate, startOfIndianDay } from '../indian-time.js';

export type BarSeries = SeriesOf<'equity_bars' | 'option_bars'>;

export interface KiteCandle {
  /** The beginning; midnight in India for a daily candle. */
  readonly startsAt: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** NaN for instruments without open interest. */
  readonly openInterest: number;
}

/** Parses a response to a call for candles; null if it is none. Derivatives are requested with their open interest. */
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
  if (!isRecord(value)) return null;
  const { date, open, high, low, close, volume, oi } = value;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return null;
  if (!isFiniteNumber(open) || !isFiniteNumber(high) || !isFiniteNumber(low) || !isFiniteNumber(close)) return null;
  if (!isValidBar({ open, high, low, close })) return null;
  // The library omits an open interest of 0.
  const openInterest = isContract ? (isNotNegative(oi) ? oi : 0) : NaN;
  return {
    startsAt: date.getTime(),
    open,
    high,
    low,
    close,
    volume: isNotNegative(volume) ? volume : NaN,
    openInterest,
  };
}

function isNotNegative(value: unknown): value is number {
  return isFiniteNumber(value) && value >= 0;
}

/** The columns that equity and option bars share. */
export type BarColumns = RowsOf<'equity_bars'>['columns'];

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
 * Converts candles to the bars of a window. The timestamp of a daily bar is the open of its session, that of a shorter one its
 * own beginning. Candles outside regular hours are dropped; on a day without a session in the calendar all are kept. Of two
 * candles with the same time the later one counts.
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
