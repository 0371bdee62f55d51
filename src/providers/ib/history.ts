import { barSizes, isIntraday } from '../../core/bars.js';
import type { BarSize, Hours } from '../../core/bars.js';
import type { Calendar, Session } from '../../core/calendar.js';
import { addDays, day, second } from '../../core/time.js';
import type { Instant, LocalDate } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { gatewayTime } from './times.js';

/** The last moment of the stretch asked for and how far to count back from it. */
export interface HistorySpan {
  readonly end: string;
  readonly duration: string;
}

/** What a stretch of history is about. */
export interface HistoryWanted {
  readonly window: Window;
  readonly barSize: BarSize;
  readonly hours: Hours;
  readonly calendar: Calendar;
  /** An option's last day; null for what does not expire. */
  readonly expiry: LocalDate | null;
  readonly now: Instant;
}

/** The sessions that can have bars in a window, as far as they have begun. */
export function sessionsOf({ window, hours, calendar, expiry, now }: HistoryWanted): readonly Session[] {
  const end = Math.min(window.end, now);
  if (end <= window.start) return [];
  return calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(end - 1), 1)).filter((session) => {
    const span = tradingSpan(session, hours);
    return span.start < end && span.end > window.start && (expiry === null || session.date <= expiry);
  });
}

/** The part of a session's day in which bars can lie. */
export function tradingSpan(session: Session, hours: Hours): Window {
  return hours === 'rth'
    ? { start: session.open, end: session.close }
    : { start: session.dayStart, end: session.dayEnd };
}

/** IB takes no shorter stretch. */
const shortest = 30 * second;

/**
 * What to ask for so that the answer covers a window; null when none of it has happened. IB counts back from the end, days
 * as days of trading: as many as there are sessions. A part of one session is counted in seconds, and so are bars shorter
 * than a minute, for which IB does not count in days. The answer may hold more than the window, never less.
 */
export function historySpan(wanted: HistoryWanted, sessions: readonly Session[]): HistorySpan | null {
  const { window, barSize, hours, now } = wanted;
  if (window.start >= now) return null;
  const first = sessions[0];
  const last = sessions.at(-1);
  if (first === undefined || last === undefined) {
    // No session: the gateway has to say so itself.
    const end = Math.min(window.end, now);
    const length = end - window.start;
    return isIntraday(barSize) && length < day
      ? { end: gatewayTime(end), duration: inSeconds(length, barSize) }
      : { end: gatewayTime(end), duration: inDays(Math.ceil(length / day)) };
  }
  const start = Math.max(window.start, tradingSpan(first, hours).start);
  const end = Math.min(window.end, tradingSpan(last, hours).end, now);
  const isWhole = start === tradingSpan(first, hours).start && window.end >= tradingSpan(last, hours).end;
  const inOne = first === last && isIntraday(barSize) && (!isWhole || barSizes[barSize] < 60 * second);
  const duration = inOne && end - start < day ? inSeconds(end - start, barSize) : inDays(sessions.length);
  return { end: gatewayTime(end), duration };
}

function inSeconds(length: number, barSize: BarSize): string {
  return `${Math.ceil(Math.max(length, barSizes[barSize], shortest) / second)} S`;
}

/** IB counts at most 365 in days. */
function inDays(count: number): string {
  return count <= 365 ? `${Math.max(count, 1)} D` : `${Math.ceil(count / 250)} Y`;
}
