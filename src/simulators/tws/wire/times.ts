import type { Instant, LocalDate } from '../../../core/time/time.js';
import { day, isLocalDate, minute, second } from '../../../core/time/time.js';
import { toZonedInstant, getZoneOffset } from '../../../core/time/time-zone.js';

/** How TWS calls zones that others call by their newer names. */
const twsZoneNames: Readonly<Record<string, string>> = {
  'America/New_York': 'US/Eastern',
  'America/Chicago': 'US/Central',
  'Asia/Kolkata': 'Asia/Calcutta',
  'Australia/Sydney': 'Australia/NSW',
};

/** The name of a zone in the words of TWS. */
export function toTwsZoneName(zone: string): string {
  return twsZoneNames[zone] ?? zone;
}

/** `20261120`. */
export function formatCompactDate(date: LocalDate): string {
  return date.replaceAll('-', '');
}

/** The date that a `20261120` means; null when there is none. */
export function parseCompactDate(text: string): LocalDate | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return null;
  const date = `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`;
  return isLocalDate(date) ? date : null;
}

/** Writes instants as local times of a zone, quickly for many that lie near each other: `20261120 09:30:00`. */
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

/** When a request for bars ends, as a client wrote it. */
export type EndTime =
  | { readonly kind: 'now' }
  | { readonly kind: 'at'; readonly instant: Instant; readonly hasZone: boolean }
  | { readonly kind: 'invalid' };

/**
 * Empty, `20261120-21:00:00` (UTC), `20261120 16:00:00 US/Eastern`, or the same without a zone, which is then the
 * instrument's. The date may be left out and is then today's.
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

/** Whether a zone of this name is known; names asked for once are remembered, up to a number nobody needs. */
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

/** When the connection was made, as the handshake says it. */
export function formatConnectionTime(now: Instant): string {
  return `${createLocalTimeFormatter('UTC')(now)} GMT`;
}

/** `10:31`: how account updates say when. */
export function formatTimeOfDay(now: Instant): string {
  const minutes = Math.floor((now % day) / minute);
  return `${padTwoDigits(Math.floor(minutes / 60))}:${padTwoDigits(minutes % 60)}`;
}
