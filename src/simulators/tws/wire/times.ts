import type { Instant, LocalDate } from '../../../core/time.js';
import { day, isLocalDate, minute, second } from '../../../core/time.js';
import { instantOf, zoneOffset } from '../../../core/zone.js';

/** How TWS calls zones that others call by their newer names. */
const names: Readonly<Record<string, string>> = {
  'America/New_York': 'US/Eastern',
  'America/Chicago': 'US/Central',
  'Asia/Kolkata': 'Asia/Calcutta',
  'Australia/Sydney': 'Australia/NSW',
};

/** The name of a zone in the words of TWS. */
export function zoneName(zone: string): string {
  return names[zone] ?? zone;
}

/** `20261120`. */
export function compactDate(date: LocalDate): string {
  return date.replaceAll('-', '');
}

/** The date that a `20261120` means; null when there is none. */
export function dateOfCompact(text: string): LocalDate | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return null;
  const date = `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`;
  return isLocalDate(date) ? date : null;
}

/** Writes instants as local times of a zone, quickly for many that lie near each other: `20261120 09:30:00`. */
export function localTimes(zone: string, between = ' '): (instant: Instant) => string {
  let known = NaN;
  let date = '';
  return (instant) => {
    const local = instant + zoneOffset(zone, instant);
    const start = Math.floor(local / day) * day;
    if (start !== known) {
      known = start;
      date = new Date(start).toISOString().slice(0, 10).replaceAll('-', '');
    }
    const seconds = Math.floor((local - start) / second);
    return `${date}${between}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  };
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** When a request for bars ends, as a client wrote it. */
export type EndTime =
  | { readonly kind: 'now' }
  | { readonly kind: 'at'; readonly instant: Instant; readonly zoneGiven: boolean }
  | { readonly kind: 'invalid' };

/**
 * Empty, `20261120-21:00:00` (UTC), `20261120 16:00:00 US/Eastern`, or the same without a zone, which is then the
 * instrument's. The date may be left out and is then today's.
 */
export function parseEndTime(text: string, instrumentZone: string, now: Instant): EndTime {
  if (text === '') return { kind: 'now' };
  const match = /^(?:(\d{8})(-| +))?(\d{1,2}):(\d{2}):(\d{2})(?: +([A-Za-z][\w/+-]*))?$/.exec(text);
  if (match === null) return { kind: 'invalid' };
  const [, compact, between, hours = '', minutes = '', seconds = '', named] = match;
  const dashed = between === '-';
  const zone = dashed ? 'UTC' : (named ?? instrumentZone);
  if (!isZone(zone) || (dashed && named !== undefined && !/^(?:UTC|GMT)$/.test(named))) return { kind: 'invalid' };
  const date = compact === undefined ? todayIn(zone, now) : dateOfCompact(compact);
  const [hour, minuteOfHour, secondOfMinute] = [Number(hours), Number(minutes), Number(seconds)];
  if (date === null || hour > 23 || minuteOfHour > 59 || secondOfMinute > 59) return { kind: 'invalid' };
  return {
    kind: 'at',
    instant: instantOf(zone, date, hour * 60 + minuteOfHour) + secondOfMinute * second,
    zoneGiven: dashed || named !== undefined,
  };
}

function todayIn(zone: string, now: Instant): LocalDate {
  return new Date(now + zoneOffset(zone, now)).toISOString().slice(0, 10);
}

const zones = new Map<string, boolean>();

/** Whether a zone of this name is known; names asked for once are remembered, up to a number nobody needs. */
function isZone(name: string): boolean {
  let known = zones.get(name);
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: name });
      known = true;
    } catch {
      known = false;
    }
    if (zones.size < 1_000) zones.set(name, known);
  }
  return known;
}

/** When the connection was made, as the handshake says it. */
export function connectionTime(now: Instant): string {
  return `${localTimes('UTC')(now)} GMT`;
}

/** `10:31`: how account updates say when. */
export function clockText(now: Instant): string {
  const minutes = Math.floor((now % day) / minute);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
