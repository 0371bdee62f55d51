import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { BarSize, TradingHours } from '../../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import { addDays, day, second } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import { formatGatewayTime } from './gateway-time.js';

/** The last moment of the stretch asked for and how far to count back from it. */
export interface HistorySpan {
  readonly end: string;
  readonly duration: string;
}

/** What a stretch of history is about. */
export interface HistoryRange {
  readonly window: Window;
  readonly barSize: BarSize;
  readonly hours: TradingHours;
  readonly calendar: Calendar;
  /** An option's last day; null for what does not expire. */
  readonly expiry: LocalDate | null;
  readonly now: Instant;
}

/** The sessions that can have bars in a window, as far as they have begun. */
export function listSessions({ window, hours, calendar, expiry, now }: HistoryRange): readonly TradingSession[] {
  const end = Math.min(window.end, now);
  if (end <= window.start) return [];
  return calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(end - 1), 1)).filter((session) => {
    const span = getTradingSpan(session, hours);
    return span.start < end && span.end > window.start && (expiry === null || session.date <= expiry);
  });
}

/** The part of a session's day in which bars can lie. */
export function getTradingSpan(session: TradingSession, hours: TradingHours): Window {
  return hours === 'rth'
    ? { start: session.open, end: session.close }
    : { start: session.dayStart, end: session.dayEnd };
}

/** IB takes no shorter stretch. */
const minSpan = 30 * second;

/**
 * What to ask for so that the answer covers a window; null when none of it has happened. IB counts back from the end, days
 * as days of trading: as many as there are sessions. A part of one session is counted in seconds, and so are bars shorter
 * than a minute, for which IB does not count in days. The answer may hold more than the window, never less.
 */
export function toHistorySpan(range: HistoryRange, sessions: readonly TradingSession[]): HistorySpan | null {
  const { window, barSize, hours, now } = range;
  if (window.start >= now) return null;
  const first = sessions[0];
  const last = sessions.at(-1);
  if (first === undefined || last === undefined) {
    // No session: the gateway has to say so itself.
    const end = Math.min(window.end, now);
    const length = end - window.start;
    return isIntraday(barSize) && length < day
      ? { end: formatGatewayTime(end), duration: formatSeconds(length, barSize) }
      : { end: formatGatewayTime(end), duration: formatDays(Math.ceil(length / day)) };
  }
  const start = Math.max(window.start, getTradingSpan(first, hours).start);
  const end = Math.min(window.end, getTradingSpan(last, hours).end, now);
  const coversWholeSessions =
    start === getTradingSpan(first, hours).start && window.end >= getTradingSpan(last, hours).end;
  const isWithinOneSession =
    first === last && isIntraday(barSize) && (!coversWholeSessions || barSizes[barSize] < 60 * second);
  const duration =
    isWithinOneSession && end - start < day ? formatSeconds(end - start, barSize) : formatDays(sessions.length);
  return { end: formatGatewayTime(end), duration };
}

function formatSeconds(length: number, barSize: BarSize): string {
  return `${Math.ceil(Math.max(length, barSizes[barSize], minSpan) / second)} S`;
}

/** IB counts at most 365 in days. */
function formatDays(count: number): string {
  return count <= 365 ? `${Math.max(count, 1)} D` : `${Math.ceil(count / 250)} Y`;
}
