import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { BarSize, TradingHours } from '../../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import { addDays, day, second } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import { formatGatewayTime } from './gateway-time.js';

/** The end of a historical request and the duration to count back from it, in the gateway's formats. */
export interface HistorySpan {
  readonly end: string;
  readonly duration: string;
}

export interface HistoryRange {
  readonly window: Window;
  readonly barSize: BarSize;
  readonly hours: TradingHours;
  readonly calendar: Calendar;
  /** The last day of an option; null for other contracts. */
  readonly expiry: LocalDate | null;
  readonly now: Instant;
}

/** The sessions that have begun and can have bars in the window. */
export function listSessions({ window, hours, calendar, expiry, now }: HistoryRange): readonly TradingSession[] {
  const end = Math.min(window.end, now);
  if (end <= window.start) return [];
  return calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(end - 1), 1)).filter((session) => {
    const span = getTradingSpan(session, hours);
    return span.start < end && span.end > window.start && (expiry === null || session.date <= expiry);
  });
}

export function getTradingSpan(session: TradingSession, hours: TradingHours): Window {
  return hours === 'rth'
    ? { start: session.open, end: session.close }
    : { start: session.dayStart, end: session.dayEnd };
}

/** The shortest duration that IB accepts. */
const minSpan = 30 * second;

/**
 * The request that covers a window; null if the window lies in the future. IB counts back from the end, and a day means a
 * trading day. A part of a session is requested in seconds, as are bars shorter than a minute, for which IB accepts no days.
 * The response may hold more than the window, never less.
 */
export function toHistorySpan(range: HistoryRange, sessions: readonly TradingSession[]): HistorySpan | null {
  const { window, barSize, hours, now } = range;
  if (window.start >= now) return null;
  const first = sessions[0];
  const last = sessions.at(-1);
  if (first === undefined || last === undefined) {
    // Without a session the gateway itself has to report that there is no data.
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

/** IB accepts at most 365 days. */
function formatDays(count: number): string {
  return count <= 365 ? `${Math.max(count, 1)} D` : `${Math.ceil(count / 250)} Y`;
}
