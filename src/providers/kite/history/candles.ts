import { isFiniteNumber, isRecord } from '../../../platform/json.js';
import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { BarSize } from '../../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import { createHoursFilter, toOutsideBars } from '../../../core/tables/trading-hours.js';
import type { OutsideBars } from '../../../core/tables/trading-hours.js';
import type { RowsOf } from '../../../core/tables/rows.js';
import { addDays, day, toDayNumber, minute } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { intersect, normalize } from '../../../core/time/window.js';
import type { Window, Windows } from '../../../core/time/window.js';
import type { SeriesOf } from '../../../core/series.js';
import { isValidBar } from '../../is-valid-bar.js';
import type { PriceFloor } from '../../is-valid-bar.js';
import { toCount } from '../../missing-values.js';
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

/** The candles of a response, and the beginnings of those whose prices cannot be. */
export interface ParsedCandles {
  readonly candles: readonly KiteCandle[];
  readonly refused: readonly Instant[];
}

/** What a series can have. */
export interface CandleRules {
  /** Derivatives are requested with their open interest. */
  readonly hasOpenInterest: boolean;
  /** Kite sends a volume of 0 for an index, which has none. */
  readonly isIndex: boolean;
  readonly priceFloor: PriceFloor;
}

/**
 * Parses a response to a call for candles: rows of time, four prices, volume, and open interest if requested. Null if one of
 * them is no candle, because such a response may have lost others too.
 */
export function parseCandles(response: unknown, rules: CandleRules): ParsedCandles | null {
  const rows: unknown = isRecord(response) ? response['candles'] : null;
  if (!Array.isArray(rows)) return null;
  const candles: KiteCandle[] = [];
  const refused: Instant[] = [];
  for (const row of rows) {
    const candle = parseCandle(row, rules);
    if (candle === null) return null;
    if (isValidBar(candle, rules.priceFloor)) candles.push(candle);
    else refused.push(candle.startsAt);
  }
  return { candles, refused };
}

function parseCandle(row: unknown, { hasOpenInterest, isIndex }: CandleRules): KiteCandle | null {
  if (!Array.isArray(row)) return null;
  const values: readonly unknown[] = row;
  const [time, open, high, low, close, volume, openInterest] = values;
  const startsAt = typeof time === 'string' ? Date.parse(time) : NaN;
  if (Number.isNaN(startsAt)) return null;
  if (!isFiniteNumber(open) || !isFiniteNumber(high) || !isFiniteNumber(low) || !isFiniteNumber(close)) return null;
  const count = readCount(volume);
  return {
    startsAt,
    open,
    high,
    low,
    close,
    volume: isIndex && count === 0 ? NaN : count,
    openInterest: hasOpenInterest ? readCount(openInterest) : NaN,
  };
}

/**
 * Returns whether candles are shorter than requested: daily ones begin at midnight, and others at least their length apart. Taken
 * for what was requested, the last minute of a session would be its daily bar.
 */
export function hasShorterCandles({ candles, refused }: ParsedCandles, barSize: BarSize): boolean {
  const times = [...candles.map(({ startsAt }) => startsAt), ...refused].sort((a, b) => a - b);
  if (!isIntraday(barSize)) return times.some((time) => time !== startOfIndianDay(toIndianDate(time)));
  return times.some((time, index) => {
    const before = times[index - 1] ?? -Infinity;
    return time > before && time - before < barSizes[barSize];
  });
}

function readCount(value: unknown): number {
  return (isFiniteNumber(value) ? toCount(value) : undefined) ?? NaN;
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
 * own beginning. Candles outside regular hours, or on a day without a session, are dropped and counted. Of two candles with the
 * same time the later one counts.
 */
export function toBarColumns(
  candles: readonly KiteCandle[],
  selection: CandleSelection,
): { length: number; columns: BarColumns; outside: OutsideBars | undefined } {
  const { calendar, barSize, window } = selection;
  const sessions = groupSessionsByDate(calendar, candles);
  const byTime = new Map<Instant, TimedCandle>();
  const isInside = createHoursFilter({ barSize, hours: 'rth', kind: 'stock', isOption: false }, calendar);
  const outside: Instant[] = [];
  for (const candle of candles) {
    const date = toIndianDate(candle.startsAt);
    const session = sessions.get(date);
    const ts = isIntraday(barSize) ? candle.startsAt : (session?.open ?? getDefaultOpen(candle.startsAt));
    if (ts < window.start || ts >= window.end) continue;
    if (isInside(ts, date)) byTime.set(ts, { ts, session: toDayNumber(date), candle });
    else outside.push(ts);
  }
  const bars = [...byTime.values()].sort((a, b) => a.ts - b.ts);
  const column = (getValue: (bar: TimedCandle) => number): Float64Array => Float64Array.from(bars, getValue);
  return {
    length: bars.length,
    outside: toOutsideBars(outside),
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

/** Returns the parts of a window whose candles were refused, in order. */
export function toRefusedWindows(refused: readonly Instant[], { calendar, barSize, window }: CandleSelection): Windows {
  const parts = [...new Set(refused)].map((startsAt) => {
    if (isIntraday(barSize)) return { start: startsAt, end: startsAt + barSizes[barSize] };
    const start = startOfIndianDay(toIndianDate(startsAt));
    return { start, end: start + day };
  });
  const isRegular = ({ start, end }: Window): boolean =>
    calendar
      .sessions(toIndianDate(start), addDays(toIndianDate(start), 1))
      .some(({ open, close }) => open < end && close > start);
  return intersect(normalize(parts.filter(isRegular)), [window]);
}
