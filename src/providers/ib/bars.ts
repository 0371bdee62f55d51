import { barSizes, isIntraday } from '../../core/bars.js';
import type { BarSize, Hours } from '../../core/bars.js';
import type { Calendar, Session } from '../../core/calendar.js';
import type { AnswerColumns } from '../../core/rows.js';
import { addDays, day, dayNumber, utcDate } from '../../core/time.js';
import type { Instant, LocalDate } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { isPossibleBar } from '../possible-bar.js';
import { dateFrom, instantFrom } from './times.js';
import type { WireBar } from './wire.js';

/** Which bars of an answer are wanted. */
export interface BarsWanted {
  readonly barSize: BarSize;
  readonly hours: Hours;
  readonly window: Window;
  readonly calendar: Calendar;
  readonly now: Instant;
}

/** Bars as columns, with when each of them ends. */
export interface ReadBars {
  readonly length: number;
  readonly columns: AnswerColumns<'equity_bars'>;
  readonly ends: Float64Array;
  /** Where the first bar begins that has not ended yet; null when all have. */
  readonly unfinished: Instant | null;
  /** How many bars could not be understood. */
  readonly unread: number;
}

/** A bar that is known to begin and end somewhere. */
export interface PlacedBar {
  readonly ts: Instant;
  readonly end: Instant;
  readonly date: LocalDate;
  readonly bar: WireBar;
}

/**
 * Reads bars into columns: in order, each once, those in the window, and none that has not ended. Bars of a day are
 * stamped with the open of their session, shorter ones with their own beginning.
 */
export function readBars(bars: readonly WireBar[], wanted: BarsWanted): ReadBars {
  const { window, now } = wanted;
  const place = placing(wanted);
  const byTime = new Map<Instant, PlacedBar>();
  let unread = 0;
  let unfinished: Instant | null = null;
  for (const bar of bars) {
    const placed = isPossibleBar(bar) ? place(bar) : null;
    if (placed === null) unread++;
    else if (placed.ts < window.start || placed.ts >= window.end) continue;
    else if (placed.end > now) unfinished = Math.min(unfinished ?? Infinity, placed.ts);
    else byTime.set(placed.ts, placed);
  }
  const rows = [...byTime.values()].sort((a, b) => a.ts - b.ts);
  return {
    length: rows.length,
    columns: barColumns(rows),
    ends: Float64Array.from(rows, ({ end }) => end),
    unfinished,
    unread,
  };
}

/** Bars as columns. */
export function barColumns(rows: readonly PlacedBar[]): AnswerColumns<'equity_bars'> {
  const column = (valueOf: (row: PlacedBar) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row) => valueOf(row) ?? NaN);
  return {
    ts: column(({ ts }) => ts),
    session: column(({ date }) => dayNumber(date)),
    open: column(({ bar }) => bar.open),
    high: column(({ bar }) => bar.high),
    low: column(({ bar }) => bar.low),
    close: column(({ bar }) => bar.close),
    volume: column(({ bar }) => counted(bar.volume)),
    wap: column(({ bar }) => averaged(bar)),
    bar_count: column(({ bar }) => counted(bar.count)),
    open_interest: column(() => NaN),
  };
}

/** Bars that are not made of trades have no volume and no count; the gateway says −1. Prices may be whatever they are. */
function counted(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && Number.isFinite(value) ? value : undefined;
}

/** Without trades there is no average; the gateway says −1, or 0 beside a price. */
function averaged({ wap, low, volume }: WireBar): number | undefined {
  const untraded = volume === undefined || volume < 0 || (wap === 0 && low > 0);
  return untraded || !Number.isFinite(wap) ? undefined : wap;
}

function placing({ barSize, hours, calendar }: BarsWanted): (bar: WireBar) => PlacedBar | null {
  const size = barSizes[barSize];
  let latest: { date: LocalDate; from: Instant; to: Instant; session: Session | undefined } | null = null;
  const dayOf = (date: LocalDate): NonNullable<typeof latest> => {
    if (latest?.date === date) return latest;
    const [session] = calendar.sessions(date, addDays(date, 1));
    const from = calendar.startOf(date);
    latest = { date, from, to: calendar.startOf(addDays(date, 1)), session };
    return latest;
  };
  /** When what is traded on a day cannot change any more. */
  const over = ({ session, to }: NonNullable<typeof latest>): Instant =>
    hours === 'rth' ? (session?.close ?? to) : to;

  if (!isIntraday(barSize)) {
    return (bar) => {
      const date = dateOf(bar.time, calendar);
      if (date === null) return null;
      const found = dayOf(date);
      return { ts: found.session?.open ?? found.from, end: over(found), date, bar };
    };
  }
  return (bar) => {
    const ts = instantFrom(bar.time, calendar.timeZone);
    if (ts === null) return null;
    const known = latest !== null && ts >= latest.from && ts < latest.to ? latest : dayOf(calendar.dateAt(ts));
    const limit = over(known);
    return { ts, end: ts < limit ? Math.min(ts + size, limit) : ts + size, date: known.date, bar };
  };
}

/** The date of a bar of a day: as a date, or as an instant of that day. */
function dateOf(text: string, calendar: Calendar): LocalDate | null {
  const date = dateFrom(text);
  if (date !== null) return date;
  const instant = instantFrom(text, calendar.timeZone);
  if (instant === null) return null;
  return instant % day === 0 ? utcDate(instant) : calendar.dateAt(instant);
}
