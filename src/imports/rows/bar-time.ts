import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { barSizes, isIntraday } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../core/time/calendar.js';
import type { ParsedTime } from '../../core/time/time-format.js';
import { getZoneOffset, toZonedDate } from '../../core/time/time-zone.js';
import { addDays, hour, minute } from '../../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../../core/time/time.js';

/** The time of a bar and its session. */
export interface BarTime {
  readonly ts: Instant;
  readonly session: TradingSession;
}

export interface BarTimeRule {
  readonly barSize: BarSize;
  readonly barTime: 'start' | 'end';
  /** The zone of times without an offset; null for none. */
  readonly zone: string | null;
  readonly now: Instant;
}

/** Creates a function that finds the session of a bar by its time as the file has it. */
export function createBarTimeReader(
  rule: BarTimeRule,
  calendar: Calendar,
): (time: ParsedTime) => Result<BarTime, string> {
  const sessions = new Map<LocalDate, TradingSession | null>();
  const findSession = (date: LocalDate): Result<TradingSession, string> => {
    let session = sessions.get(date);
    if (session === undefined) sessions.set(date, (session = calendar.sessions(date, addDays(date, 1))[0] ?? null));
    if (session !== null) return ok(session);
    return err(
      date < calendar.firstDate
        ? `the calendar ${calendar.exchange} begins on ${calendar.firstDate}, after ${date}`
        : `${calendar.exchange} has no session on ${date}`,
    );
  };
  return isIntraday(rule.barSize)
    ? (time) => readIntradayTime(time, rule, calendar, findSession)
    : (time) => readDailyTime(time, rule, findSession);
}

type FindSession = (date: LocalDate) => Result<TradingSession, string>;

function readDailyTime(
  time: ParsedTime,
  { zone, now }: BarTimeRule,
  findSession: FindSession,
): Result<BarTime, string> {
  const date = time.date ?? (zone === null || time.kind === 'local' ? null : toZonedDate(zone, time.instant));
  if (date === null) return err('the time has no zone; set `time_zone`');
  const session = findSession(date);
  if (!session.ok) return session;
  if (session.value.close > now) return err(`the session of ${date} has not finished`);
  return ok({ ts: session.value.open, session: session.value });
}

/** Bars of at most this length begin at multiples of it, counted from the hour. */
const maxAlignedSize: Duration = 30 * minute;

function readIntradayTime(
  time: ParsedTime,
  { barSize, barTime, zone, now }: BarTimeRule,
  calendar: Calendar,
  findSession: FindSession,
): Result<BarTime, string> {
  const at = time.kind === 'instant' ? ok(time.instant) : toInstant(time, zone);
  if (!at.ok) return at;
  const size = barSizes[barSize];
  const ts = barTime === 'end' ? at.value - size : at.value;
  if (ts + size > now) return err('the bar has not finished');
  if (size <= maxAlignedSize && ts % size !== 0) return err(`the time is no multiple of the bar size ${barSize}`);
  const session = findSession(calendar.dateAt(ts));
  return session.ok ? ok({ ts, session: session.value }) : session;
}

/** Converts a local time; a time that the zone skips or repeats, as clocks change, is an error. */
function toInstant(time: Extract<ParsedTime, { kind: 'local' }>, zone: string | null): Result<Instant, string> {
  if (time.milliseconds === null) return err('the bar has a date but no time of day');
  if (zone === null) return err('the time has no zone; set `time_zone`');
  const local = Date.parse(`${time.date}T00:00:00Z`) + time.milliseconds;
  const isSame = (instant: Instant): boolean => instant + getZoneOffset(zone, instant) === local;
  const offsets = new Set([getZoneOffset(zone, local - 14 * hour), getZoneOffset(zone, local + 14 * hour)]);
  const found = [...offsets].map((offset) => local - offset).filter(isSame);
  const [first, second] = found;
  if (first === undefined) return err(`the time does not exist in ${zone}: clocks went forward`);
  if (second !== undefined) return err(`the time occurs twice in ${zone}: clocks went back`);
  return ok(first);
}
