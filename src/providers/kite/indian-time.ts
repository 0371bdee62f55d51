import { minute, second } from '../../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../../core/time/time.js';

/** The zone of all times in Kite's API. */
export const indianTimeZone = 'Asia/Kolkata';

/** India has had one UTC offset since 1945, so the time zone database is not needed. */
const utcOffset: Duration = 330 * minute;

export function toIndianDate(instant: Instant): LocalDate {
  return formatIndianTime(instant).slice(0, 10);
}

/** The format of Kite's parameters, `2026-11-20 09:15:00`, independent of the zone of this machine. */
export function formatIndianTime(instant: Instant): string {
  return new Date(Math.floor(instant / second) * second + utcOffset).toISOString().slice(0, 19).replace('T', ' ');
}

export function startOfIndianDay(date: LocalDate): Instant {
  return Date.parse(`${date}T00:00:00Z`) - utcOffset;
}

/** The first instant after `after` at which it is `minutesAfterMidnight` in India. */
export function nextIndianTime(after: Instant, minutesAfterMidnight: number): Instant {
  const today = startOfIndianDay(toIndianDate(after)) + minutesAfterMidnight * minute;
  return today > after ? today : today + 24 * 60 * minute;
}
