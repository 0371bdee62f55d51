import type { Calendar } from '../../../core/calendar.js';
import { addDays, minute } from '../../../core/time.js';
import type { Instant, LocalDate } from '../../../core/time.js';
import { compactDate, localTimes } from '../wire/times.js';

/** How many days of hours are given, today included. */
const daysGiven = 6;

/**
 * When an exchange is open in the days to come: `20261120:0930-20261120:1600;20261121:CLOSED`. With `extended` the hours
 * around it are counted in, as far as a full session has them.
 */
export function openingHours(calendar: Calendar, at: Instant, extended: readonly [number, number] | null): string {
  const first = calendar.dateAt(at);
  const sessions = new Map(
    calendar.sessions(first, addDays(first, daysGiven)).map((session) => [session.date, session]),
  );
  const text = localTimes(calendar.timeZone, ':');
  const short = (instant: Instant): string => text(instant).replace(/:(\d\d):(\d\d):\d\d$/, ':$1$2');
  const days: string[] = [];
  for (let index = 0; index < daysGiven; index++) {
    const date: LocalDate = addDays(first, index);
    const session = sessions.get(date);
    if (session === undefined) {
      days.push(`${compactDate(date)}:CLOSED`);
      continue;
    }
    // An early close shortens the evening as well: its length before the close's own is kept.
    const early = session.close - session.dayStart < 16 * 60 * minute;
    const open = extended === null ? session.open : session.dayStart + extended[0] * minute;
    const close = extended === null ? session.close : session.dayStart + (early ? 1020 : extended[1]) * minute;
    days.push(`${short(open)}-${short(close)}`);
  }
  return days.join(';');
}
