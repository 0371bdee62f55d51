import type { Calendar, Session } from '../../../core/calendar.js';
import { addDays, day, second } from '../../../core/time.js';
import type { Instant, LocalDate } from '../../../core/time.js';
import type { Window } from '../../../core/window.js';
import { zoneOffset } from '../../../core/zone.js';
import type { Reach } from './duration.js';

/**
 * The window that a reach back from an end means. Days are sessions, the one that `end` lies in or follows among them;
 * seconds are seconds of trading; weeks, months and years go by the calendar, to the same time of day.
 */
export function windowOf({ count, unit }: Reach, end: Instant, calendar: Calendar): Window {
  switch (unit) {
    case 'S':
      return { start: tradingTimeBefore(calendar, end, count * second), end };
    case 'D':
      return { start: sessionsBefore(calendar, end, count), end };
    case 'W':
      return { start: sameTime(calendar, end, (date) => addDays(date, -7 * count)), end };
    case 'M':
      return { start: sameTime(calendar, end, (date) => monthsBefore(date, count)), end };
    case 'Y':
      return { start: sameTime(calendar, end, (date) => monthsBefore(date, 12 * count)), end };
  }
}

/** Where the day of the session begins that is `count` sessions back. */
function sessionsBefore(calendar: Calendar, end: Instant, count: number): Instant {
  let left = count;
  for (const session of backwards(calendar, end)) if (--left === 0) return session.dayStart;
  return calendar.startOf(calendar.firstDate);
}

function tradingTimeBefore(calendar: Calendar, end: Instant, length: number): Instant {
  let left = length;
  for (const { open, close } of backwards(calendar, end)) {
    const until = Math.min(close, end);
    if (until - open >= left) return until - left;
    left -= until - open;
  }
  return calendar.startOf(calendar.firstDate);
}

/** The sessions that have begun before an instant, latest first. */
function* backwards(calendar: Calendar, end: Instant): Iterable<Session> {
  let until = addDays(calendar.dateAt(end), 1);
  while (until > calendar.firstDate) {
    const from = addDays(until, -60);
    const sessions = calendar.sessions(from, until);
    for (let index = sessions.length - 1; index >= 0; index--) {
      const session = sessions[index];
      if (session !== undefined && session.open < end) yield session;
    }
    until = from;
  }
}

function sameTime(calendar: Calendar, end: Instant, back: (date: LocalDate) => LocalDate): Instant {
  const date = calendar.dateAt(end);
  const start = calendar.startOf(back(date));
  const wanted = start + (end - calendar.startOf(date));
  // On the two days of the year that are not 24 hours long the time of day is kept, not the distance from midnight.
  const shift = zoneOffset(calendar.timeZone, start + day / 2) - zoneOffset(calendar.timeZone, wanted);
  const wasShifted =
    zoneOffset(calendar.timeZone, calendar.startOf(date) + day / 2) - zoneOffset(calendar.timeZone, end);
  return wanted + shift - wasShifted;
}

/** The same day of an earlier month, or that month's last. */
function monthsBefore(date: LocalDate, count: number): LocalDate {
  const [year, month, dayOfMonth] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8))];
  const index = year * 12 + month - 1 - count;
  const first = Date.UTC(Math.floor(index / 12), index % 12, 1);
  const days = new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate();
  return new Date(first + (Math.min(dayOfMonth, days) - 1) * day).toISOString().slice(0, 10);
}
