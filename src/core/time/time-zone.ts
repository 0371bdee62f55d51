import { toDayNumber, day, minute, second, toUtcDate } from './time.js';
import type { Duration, Instant, LocalDate } from './time.js';

/** The offsets of a zone during one UTC year: `offsets[i]` holds from `starts[i]` up to `starts[i + 1]`. */
interface YearOffsets {
  readonly starts: readonly Instant[];
  readonly offsets: readonly Duration[];
  /** The end of the year. */
  readonly end: Instant;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly years: Map<number, YearOffsets>;
  /** The year asked for last: most questions are about the same year as the one before. */
  lastUsed: YearOffsets;
}

const zones = new Map<string, Zone>();

/** How far the clocks of a zone are ahead of UTC at an instant; negative west of Greenwich. */
export function getZoneOffset(zone: string, instant: Instant): Duration {
  return getOffset(getZone(zone), instant);
}

/**
 * The instant at which the clocks of a zone show so many minutes after midnight on a date.
 * A time that clocks show twice means the first of the two; a time that they skip means the same distance after the
 * change, so that a day whose midnight is skipped begins at its first real instant.
 */
export function toZonedInstant(zone: string, date: LocalDate, minutesAfterMidnight: number): Instant {
  const found = getZone(zone);
  const local = toDayNumber(date) * day + minutesAfterMidnight * minute;
  const before = getOffset(found, local - day);
  const after = getOffset(found, local + day);
  if (before === after || getOffset(found, local - before) === before) return local - before;
  return getOffset(found, local - after) === after ? local - after : local - before;
}

/** The date that calendars in a zone show at an instant. */
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

// Asking Intl costs microseconds, so each year is asked once. Clocks are not changed twice in a week (those put back for
// Ramadan come close to a month), so weekly probes see every change; halving then finds it to the second.
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

/** The first whole second in `(from, to]` from which on the offset holds; it holds at `to` and not at `from`. */
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
  if (match === null) throw new Error(`no offset in ${format.format(instant)}`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const size = (Number(hours) * 60 + Number(minutes)) * minute + Number(seconds) * second;
  return sign === '-' ? -size : size;
}
