import type { Calendar } from '../../../core/time/calendar.js';
import { addDays, minute } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import { formatCompactDate, createLocalTimeFormatter } from '../wire/times.js';

/** Days of trading hours in contract details, including today. */
const tradingHoursDays = 6;

/**
 * Formats the opening hours of the next days: `20261120:0930-20261120:1600;20261121:CLOSED`. `extendedHours` includes the hours
 * before and after the session.
 */
export function formatTradingHours(
  calendar: Calendar,
  at: Instant,
  extendedHours: readonly [number, number] | null,
): string {
  const first = calendar.dateAt(at);
  const sessions = new Map(
    calendar.sessions(first, addDays(first, tradingHoursDays)).map((session) => [session.date, session]),
  );
  const formatTime = createLocalTimeFormatter(calendar.timeZone, ':');
  const formatShort = (instant: Instant): string => formatTime(instant).replace(/:(\d\d):(\d\d):\d\d$/, ':$1$2');
  const entries: string[] = [];
  for (let index = 0; index < tradingHoursDays; index++) {
    const date: LocalDate = addDays(first, index);
    const session = sessions.get(date);
    if (session === undefined) {
      entries.push(`${formatCompactDate(date)}:CLOSED`);
      continue;
    }
    // An early close moves the evening hours; their length stays the same.
    const isEarlyClose = session.close - session.dayStart < 16 * 60 * minute;
    const open = extendedHours === null ? session.open : session.dayStart + extendedHours[0] * minute;
    const close =
      extendedHours === null ? session.close : session.dayStart + (isEarlyClose ? 1020 : extendedHours[1]) * minute;
    entries.push(`${formatShort(open)}-${formatShort(close)}`);
  }
  return entries.join(';');
}
