import type { Instant, LocalDate } from '../../../core/time/time.js';
import { day, isLocalDate, minute, second } from '../../../core/time/time.js';
import { toZonedInstant, getZoneOffset } from '../../../core/time/time-zone.js';

/** TWS's names of zones that have newer IANA names. */
const twsZoneNames: Readonly<Record<string, string>> = {
  'America/New_York': 'US/Eastern',
  'America/Chicago': 'US/Central',
  'Asia/Kolkata': 'Asia/Calcutta',
  'Australia/Sydney': 'Australia/NSW',
};

/** Returns TWS's name of a zone. */
export function toTwsZoneName(zone: string): string {
  return twsZoneNames[zone] ?? zone;
}

/** `20261120`. */
export function formatCompactDate(date: LocalDate): string {
  return date.replaceAll('-', '');
}

/** Parses `20261120`; null if it is not a date. */
export function parseCompactDate(text: string): LocalDate | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return null;
  const date = `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`;
  return isLocalDate(date) ? date : null;
}

/** Creates a formatter of local times in a zone: `20261120 09:30:00`. Caches the date for consecutive instants. */
export function createLocalTimeFormatter(zone: string, separator = ' '): (instant: Instant) => string {
  let cachedDay = NaN;
  let date = '';
  return (instant) => {
    const local = instant + getZoneOffset(zone, instant);
    const start = Math.floor(local / day) * day;
    if (start !== cachedDay) {
      cachedDay = start;
      date = new Date(start).toISOString().slice(0, 10).replaceAll('-', '');
    }
    const seconds = Math.floor((local - start) / second);
    return `${date}${separator}${padTwoDigits(Math.floor(seconds / 3600))}:${padTwoDigits(Math.floor(seconds / 60) % 60)}:${padTwoDigits(seconds % 60)}`;
  };
}

function padTwoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** End of a request for bars as the client wrote it. */
export type EndTime =
  | { readonly kind: 'now' }
  | { readonly kind: 'at'; readonly instant: Instant; readonly hasZone: boolean }
  | { readonly kind: 'invalid' };

/**
 * Parses an end time: empty (now), `20261120-21:00:00` (UTC), `20261120 16:00:00 US/Eastern`, or the same without a zone, which
 * defaults to the instrument's. The date defaults to today.
 */
export function parseEndTime(text: string, instrumentZone: string, now: Instant): EndTime {
  if (text === '') return { kind: 'now' };
  const match = /^(?:(\d{8})(-| +))?(\d{1,2}):(\d{2}):(\d{2})(?: +([A-Za-z][\w/+-]*))?$/.exec(text);
  if (match === null) return { kind: 'invalid' };
  const [, dateText, separator, hours = '', minutes = '', seconds = '', zoneText] = match;
  const isUtcNotation = separator === '-';
  const zone = isUtcNotation ? 'UTC' : (zoneText ?? instrumentZone);
  if (!isTimeZone(zone) || (isUtcNotation && zoneText !== undefined && !/^(?:UTC|GMT)$/.test(zoneText)))
    return { kind: 'invalid' };
  const date = dateText === undefined ? getLocalDate(zone, now) : parseCompactDate(dateText);
  const [hour, minuteOfHour, secondOfMinute] = [Number(hours), Number(minutes), Number(seconds)];
  if (date === null || hour > 23 || minuteOfHour > 59 || secondOfMinute > 59) return { kind: 'invalid' };
  return {
    kind: 'at',
    instant: toZonedInstant(zone, date, hour * 60 + minuteOfHour) + secondOfMinute * second,
    hasZone: isUtcNotation || zoneText !== undefined,
  };
}

function getLocalDate(zone: string, now: Instant): LocalDate {
  return new Date(now + getZoneOffset(zone, now)).toISOString().slice(0, 10);
}

const zoneValidity = new Map<string, boolean>();

/** Whether a zone of this name exists; caches results up to a limit that only hostile clients reach. */
function isTimeZone(name: string): boolean {
  let isKnown = zoneValidity.get(name);
  if (isKnown === undefined) {
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: name });
      isKnown = true;
    } catch {
      isKnown = false;
    }
    if (zoneValidity.size < 1_000) zoneValidity.set(name, isKnown);
  }
  return isKnown;
}

/** Formats the connection time of the handshake. */
export function formatConnectionTime(now: Instant): string {
  return `${createLocalTimeFormatter('UTC')(now)} GMT`;
}

/** Formats the time of account updates: `10:31`. */
export function formatTimeOfDay(now: Instant): string {
  const minutes = Math.floor((now % day) / minute);
  return `${padTwoDigits(Math.floor(minutes / 60))}:${padTwoDigits(minutes % 60)}`;
}
