import type { InstrumentKind } from '../series.js';
import type { Calendar, TradingSession } from '../time/calendar.js';
import { addDays, minute } from '../time/time.js';
import type { Duration, Instant, LocalDate } from '../time/time.js';
import type { Window } from '../time/window.js';
import { formatZonedTime, formatZonedWindow } from '../time/zoned-time.js';
import { barSizes, isIntraday } from './bars.js';
import type { BarSize, TradingHours } from './bars.js';

/** What decides at which times a series can have bars. */
export interface HoursRule {
  readonly barSize: BarSize;
  readonly hours: TradingHours;
  readonly kind: InstrumentKind;
  readonly isOption: boolean;
}

/** Options on broad indices and funds, and the indices themselves, end up to a quarter of an hour after New York's stocks. */
const lateClose: Duration = 15 * minute;

/**
 * Returns the span in which bars of a session begin: all of time for daily bars and for `hours: all`, whose days decide. A bar
 * belongs to regular hours if it overlaps them.
 */
export function getBarSpan(rule: HoursRule, { open, close }: TradingSession, calendar: Calendar): Window {
  const { barSize, hours, kind, isOption } = rule;
  if (!isIntraday(barSize) || hours === 'all') return { start: -Infinity, end: Infinity };
  const grace = (isOption || kind === 'index') && calendar.timeZone === 'America/New_York' ? lateClose : 0;
  return { start: open - barSizes[barSize] + 1, end: close + grace };
}

/**
 * Creates a filter of the bars that a series can have: those of a day with a session, and with `hours: rth` those that overlap
 * its regular hours. `date` is the session of a daily bar, and the date of a shorter one at the exchange. Futures have hours of
 * their own, and outside of the years that the exchange has published a calendar excludes no day.
 */
export function createHoursFilter(rule: HoursRule, calendar: Calendar): (ts: Instant, date: LocalDate) => boolean {
  if (rule.kind === 'future') return () => true;
  let latest: { readonly date: LocalDate; readonly span: Window } | null = null;
  return (ts, date) => {
    if (latest?.date !== date) latest = { date, span: findSpan(rule, date, calendar) };
    return ts >= latest.span.start && ts < latest.span.end;
  };
}

function findSpan(rule: HoursRule, date: LocalDate, calendar: Calendar): Window {
  const [session] = calendar.sessions(date, addDays(date, 1));
  if (session !== undefined) return getBarSpan(rule, session, calendar);
  const isPublished = date >= calendar.firstDate && date <= calendar.lastPublishedDate;
  return isPublished ? { start: 0, end: 0 } : { start: -Infinity, end: Infinity };
}

/** Bars of an answer that are dropped, because there is no trading at their times. */
export interface OutsideBars {
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
}

/** Sums up bars by their times; undefined without any. */
export function toOutsideBars(times: readonly Instant[]): OutsideBars | undefined {
  if (times.length === 0) return undefined;
  const first = times.reduce((a, b) => Math.min(a, b));
  return { count: times.length, first, last: times.reduce((a, b) => Math.max(a, b)) };
}

/** Adds up dropped bars of parts of an answer; undefined without any. */
export function mergeOutsideBars(parts: readonly (OutsideBars | undefined)[]): OutsideBars | undefined {
  const found = parts.filter((part) => part !== undefined);
  const times = toOutsideBars(found.flatMap(({ first, last }) => [first, last]));
  return times === undefined ? undefined : { ...times, count: found.reduce((sum, { count }) => sum + count, 0) };
}

/** `dropped 3 bars outside the regular hours of XNYS: 2026-11-27 13:05 to 2026-11-27 13:15 New York`. */
export function describeOutsideBars(
  { count, first, last }: OutsideBars,
  hours: TradingHours,
  calendar: Calendar,
): string {
  const times =
    first === last
      ? formatZonedTime(first, calendar.timeZone)
      : formatZonedWindow({ start: first, end: last }, calendar.timeZone);
  const bars = count === 1 ? '1 bar' : `${String(count)} bars`;
  return `dropped ${bars} outside the ${hours === 'rth' ? 'regular hours' : 'sessions'} of ${calendar.exchange}: ${times}`;
}
