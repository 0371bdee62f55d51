import { minute, second } from '../../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../../core/time/time.js';

/** The zone of everything Kite says about time. */
export const indianTimeZone = 'Asia/Kolkata';

/** India has not moved its clocks since 1945, so what Kite writes can be read and written without asking for the zone. */
const utcOffset: Duration = 330 * minute;

/** The date that calendars in India show. */
export function toIndianDate(instant: Instant): LocalDate {
  return formatIndianTime(instant).slice(0, 10);
}

/** `2026-11-20 09:15:00`: the form in which Kite takes times, whatever the zone of this machine. */
export function formatIndianTime(instant: Instant): string {
  return new Date(Math.floor(instant / second) * second + utcOffset).toISOString().slice(0, 19).replace('T', ' ');
}

/** The instant at which a day begins in India. */
export function startOfIndianDay(date: LocalDate): Instant {
  return Date.parse(`${date}T00:00:00Z`) - utcOffset;
}

/** The first instant after another at which clocks in India show so many minutes after midnight. */
export function nextIndianTime(after: Instant, minutesAfterMidnight: number): Instant {
  const today = startOfIndianDay(toIndianDate(after)) + minutesAfterMidnight * minute;
  return today > after ? today : today + 24 * 60 * minute;
}
