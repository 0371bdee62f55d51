import { hour, isLocalDate, minute, second, toUtcDate } from '../../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../../core/time/time.js';

/** India has had one time zone without daylight saving time since 1945, so the offset from UTC is constant. */
const indiaUtcOffset: Duration = 5 * hour + 30 * minute;

export function indianDate(at: Instant): LocalDate {
  return toUtcDate(at + indiaUtcOffset);
}

/** `2026-11-20 15:29:59`, the format of quotes and logins. */
export function formatIndianTime(at: Instant): string {
  return new Date(at + indiaUtcOffset).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2026-11-20T15:29:00+0530`, the format of candles. */
export function formatIndianTimestamp(at: Instant): string {
  return `${new Date(at + indiaUtcOffset).toISOString().slice(0, 19)}+0530`;
}

/** Returns the instant of a date and time of day in India. */
export function indianInstant(date: LocalDate, sinceMidnight: Duration): Instant {
  return Date.parse(`${date}T00:00:00Z`) + sinceMidnight - indiaUtcOffset;
}

const timePattern = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** Parses `2026-11-20 15:29:59`, also without seconds; a date without a time means `otherwise` after its midnight. */
export function parseIndianTime(text: string, defaultTimeOfDay: Duration): Instant | null {
  const match = timePattern.exec(text.trim());
  if (match === null) return null;
  const [, date = '', hours, minutes, seconds = '0'] = match;
  if (!isLocalDate(date)) return null;
  if (hours === undefined || minutes === undefined) return indianInstant(date, defaultTimeOfDay);
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return indianInstant(date, Number(hours) * hour + Number(minutes) * minute + Number(seconds) * second);
}
