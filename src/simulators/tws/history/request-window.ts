import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import { addDays, day, second } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import { getZoneOffset } from '../../../core/time/time-zone.js';
import type { RequestDuration } from './request-duration.js';

/**
 * Computes the window of a request from its duration and end. Days are sessions, including the one that contains or precedes
 * `end`; seconds are seconds of trading; weeks, months and years are calendar periods that keep the time of day.
 */
export function toRequestWindow({ count, unit }: RequestDuration, end: Instant, calendar: Calendar): Window {
  switch (unit) {
    case 'S':
      return { start: subtractTradingTime(calendar, end, count * second), end };
    case 'D':
      return { start: subtractSessions(calendar, end, count), end };
    case 'W':
      return { start: shiftKeepingTimeOfDay(calendar, end, (date) => addDays(date, -7 * count)), end };
    case 'M':
      return { start: shiftKeepingTimeOfDay(calendar, end, (date) => subtractMonths(date, count)), end };
    case 'Y':
      return { start: shiftKeepingTimeOfDay(calendar, end, (date) => subtractMonths(date, 12 * count)), end };
  }
}

/** Computes the window that a response names: the same time of day, the duration earlier. */
export function toNamedWindow(duration: RequestDuration, end: Instant, calendar: Calendar): Window {
  const { count, unit } = duration;
  if (unit === 'S') return { start: end - count * second, end };
  if (unit === 'D') return { start: shiftKeepingTimeOfDay(calendar, end, (date) => addDays(date, -count)), end };
  return toRequestWindow(duration, end, calendar);
}

/** Returns the start of the day of the session that is `count` sessions back. */
function subtractSessions(calendar: Calendar, end: Instant, count: number): Instant {
  let remaining = count;
  for (const session of iterateSessionsBackward(calendar, end)) if (--remaining === 0) return session.dayStart;
  return calendar.startOf(calendar.firstDate);
}

function subtractTradingTime(calendar: Calendar, end: Instant, length: number): Instant {
  let remaining = length;
  for (const { open, close } of iterateSessionsBackward(calendar, end)) {
    const until = Math.min(close, end);
    if (until - open >= remaining) return until - remaining;
    remaining -= until - open;
  }
  return calendar.startOf(calendar.firstDate);
}

/** Yields the sessions that began before an instant, latest first. */
function* iterateSessionsBackward(calendar: Calendar, end: Instant): Iterable<TradingSession> {
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

function shiftKeepingTimeOfDay(calendar: Calendar, end: Instant, shiftDate: (date: LocalDate) => LocalDate): Instant {
  const date = calendar.dateAt(end);
  const start = calendar.startOf(shiftDate(date));
  const shifted = start + (end - calendar.startOf(date));
  // Keep the time of day, not the distance from midnight, on days of a daylight saving change.
  const shift = getZoneOffset(calendar.timeZone, start + day / 2) - getZoneOffset(calendar.timeZone, shifted);
  const originalShift =
    getZoneOffset(calendar.timeZone, calendar.startOf(date) + day / 2) - getZoneOffset(calendar.timeZone, end);
  return shifted + shift - originalShift;
}

/** Returns the same day of an earlier month, or the last day of that month. */
function subtractMonths(date: LocalDate, count: number): LocalDate {
  const [year, month, dayOfMonth] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8))];
  const index = year * 12 + month - 1 - count;
  const first = Date.UTC(Math.floor(index / 12), index % 12, 1);
  const days = new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate();
  return new Date(first + (Math.min(dayOfMonth, days) - 1) * day).toISOString().slice(0, 10);
}
