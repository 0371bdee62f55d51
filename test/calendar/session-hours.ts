import { requireCalendar } from '../fixtures/require-calendar.js';
import type { TradingSession } from '../../src/core/time/calendar.js';
import { addDays } from '../../src/core/time/time.js';
import type { LocalDate } from '../../src/core/time/time.js';

/** The session on a date; undefined if the exchange is closed. */
export function findSession(exchange: string, date: LocalDate): TradingSession | undefined {
  return requireCalendar(exchange).sessions(date, addDays(date, 1))[0];
}

/** The hours of a date in local time, `09:30-16:00`; `closed` without a session. */
export function formatHours(exchange: string, date: LocalDate): string {
  const session = findSession(exchange, date);
  if (session === undefined) return 'closed';
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: requireCalendar(exchange).timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return `${format.format(session.open)}-${format.format(session.close)}`;
}

/** The number of sessions of each year from `first` to `last`. */
export function countSessionsPerYear(exchange: string, first: number, last: number): number[] {
  const counts: number[] = [];
  for (let year = first; year <= last; year++) {
    counts.push(requireCalendar(exchange).sessions(`${year}-01-01`, `${year + 1}-01-01`).length);
  }
  return counts;
}
