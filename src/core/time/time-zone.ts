import { toDayNumber, day, minute, second, toUtcDate } from './time.js';
import type { Duration, Instant, LocalDate } from './time.js';

/** The offsets of a time zone during one UTC year: `offsets[i]` applies from `starts[i]` to `starts[i + 1]`. */
interface YearOffsets {
  readonly starts: readonly Instant[];
  readonly offsets: readonly Duration[];
  readonly end: Instant;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly years: Map<number, YearOffsets>;
  /** The year of the last lookup: most lookups are for the same year as the one before. */
  lastUsed: YearOffsets;
}

const zones = new Map<string, Zone>();

/** Returns whether the IANA database has the name; it has no offsets such as `+05:30`. */
export function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false;
  try {
    getZone(name);
    return true;
  } catch {
    return false;
  }
}

/** The offset of a time zone from UTC at an instant; negative west of Greenwich. */
export function getZoneOffset(zone: string, instant: Instant): Duration {
  return getOffset(getZone(zone), instant);
}

/**
 * The instant at which clocks in a time zone show the given minutes after midnight on a date. A time that occurs twice
 * means the first occurrence; a time that is skipped means the same distance after the change, so that a day without
 * midnight begins at its first real instant.
 */
export function toZonedInstant(zone: string, date: LocalDate, minutesAfterMidnight: number): Instant {
  const found = getZone(zone);
  const local = toDayNumber(date) * day + minutesAfterMidnight * minute;
  const before = getOffset(found, local - day);
  const after = getOffset(found, local + day);
  if (before === after || getOffset(found, local - before) === before) return local - before;
  return getOffset(found, local - after) === after ? local - after : local - before;
}

/** The date in a time zone at an instant. */
export function toZonedDate(zone: string, instant: Instant): LocalDate {
  return toUtcDate(instant + getZoneOffset(zone, instant));
}

function getZone(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    zone = { format, years: new Map(), lastUsed: { starts: [0], offsets: [0], end: 0 } };
    zones.set(name, zone);
  }
  return zone;
}

function getOffset(zone: Zone, instant: Instant): Duration {
  const { starts, offsets } = getYearOffsets(zone, instant);
  let index = starts.length - 1;
  while (index > 0 && (starts[index] ?? 0) > instant) index--;
  return offsets[index] ?? 0;
}

function getYearOffsets(zone: Zone, instant: Instant): YearOffsets {
  const { lastUsed, years, format } = zone;
  if (instant < lastUsed.end && instant >= (lastUsed.starts[0] ?? lastUsed.end)) return lastUsed;
  const year = new Date(instant).getUTCFullYear();
  let found = years.get(year);
  if (found === undefined) {
    found = computeYearOffsets(format, year);
    years.set(year, found);
  }
  zone.lastUsed = found;
  return found;
}

// A call to Intl costs microseconds, so each year is computed once. Clocks never change twice in a week (those changed
// for Ramadan come close to a month), so weekly probes find every change; bisection then finds it to the second.
function computeYearOffsets(format: Intl.DateTimeFormat, year: number): YearOffsets {
  const begin = Date.UTC(year, 0, 1);
  const end = Date.UTC(year + 1, 0, 1);
  const starts = [begin];
  const offsets = [readOffset(format, begin)];
  let probed = begin;
  while (probed < end) {
    const next = Math.min(probed + 7 * day, end);
    const offset = readOffset(format, next);
    if (offset !== offsets.at(-1)) {
      starts.push(findTransition(format, offset, probed, next));
      offsets.push(offset);
    }
    probed = next;
  }
  return { starts, offsets, end };
}

/** The first whole second in `(from, to]` from which the offset applies; it applies at `to` and not at `from`. */
function findTransition(format: Intl.DateTimeFormat, offset: Duration, from: Instant, to: Instant): Instant {
  let low = from;
  let high = to;
  while (high - low > second) {
    const middle = low + Math.floor((high - low) / 2 / second) * second;
    if (readOffset(format, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

const offsetPattern = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

function readOffset(format: Intl.DateTimeFormat, instant: Instant): Duration {
  const match = offsetPattern.exec(format.format(instant));
  if (match === null) throw new Error(`no UTC offset in ${format.format(instant)}`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const size = (Number(hours) * 60 + Number(minutes)) * minute + Number(seconds) * second;
  return sign === '-' ? -size : size;
}
