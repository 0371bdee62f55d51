import { isLocalDate, minute, second } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import { toZonedInstant } from '../../../core/time/time-zone.js';
import { isUnset } from '../../missing-values.js';
import { resolveTimeZone } from './time-zones.js';

/** An instant in the gateway's UTC format, `20261118-21:00:00`, rounded up to the second. */
export function formatGatewayTime(instant: Instant): string {
  const text = new Date(Math.ceil(instant / second) * second).toISOString();
  return `${text.slice(0, 10).replaceAll('-', '')}-${text.slice(11, 19)}`;
}

/** Parses `20261118`; null for any other text. */
export function parseGatewayDate(text: string): LocalDate | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text.trim());
  if (match === null) return null;
  const date = `${match[1]}-${match[2]}-${match[3]}`;
  return isLocalDate(date) ? date : null;
}

/** A date in the gateway's format: `20261118`. */
export function formatGatewayDate(date: LocalDate): string {
  return date.replaceAll('-', '');
}

/**
 * Parses seconds since 1970, `20261118-21:00:00` in UTC, or `20261118 16:00:00 US/Eastern` in the zone that it names, else in
 * the given zone; null for any other text.
 */
export function parseGatewayTime(text: string, zone: string): Instant | null {
  const trimmed = text.trim();
  if (/^\d{9,11}$/.test(trimmed)) return isUnset(Number(trimmed)) ? null : Number(trimmed) * second;
  const match = /^(\d{8})(-| +)(\d{2}):(\d{2}):(\d{2})(?: +(\S+))?$/.exec(trimmed);
  if (match === null) return null;
  const [, digits = '', separator, hours = '', minutes = '', seconds = '', namedZone] = match;
  const date = parseGatewayDate(digits);
  if (date === null) return null;
  const timeZone = namedZone === undefined ? (separator === '-' ? 'UTC' : zone) : resolveTimeZone(namedZone);
  if (timeZone === null) return null;
  const minutesOfDay = Number(hours) * 60 + Number(minutes);
  if (timeZone === 'UTC') return Date.parse(`${date}T00:00:00Z`) + minutesOfDay * minute + Number(seconds) * second;
  return toZonedInstant(timeZone, date, minutesOfDay) + Number(seconds) * second;
}
