import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, fromDayNumber, day, hour, minute } from '../../../src/core/time/time.js';
import { toZonedDate, toZonedInstant, getZoneOffset } from '../../../src/core/time/time-zone.js';

const zoneNames = [
  'America/New_York',
  'Australia/Sydney',
  'Asia/Kolkata',
  'Asia/Kathmandu', // a quarter of an hour
  'Australia/Lord_Howe', // changes by half an hour
  'Africa/Casablanca', // changes for Ramadan
  'America/Sao_Paulo', // skipped midnights
  'Pacific/Apia', // skipped a day
  'UTC',
];

const zone = fc.constantFrom(...zoneNames);
const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2040, 0, 1) });
const date = fc.integer({ min: 7305, max: 25567 }).map(fromDayNumber);

/** The local time in a zone by Intl, as if it were UTC. */
function showLocalTime(name: string, at: number): number {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

describe('getZoneOffset', () => {
  it('returns the difference between local time and UTC', () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const whole = Math.floor(at / 1000) * 1000;
        expect(getZoneOffset(name, at)).toBe(showLocalTime(name, whole) - whole);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['America/New_York', '2024-03-10T07:00:00Z', -5 * hour, -4 * hour],
    ['America/New_York', '2024-11-03T06:00:00Z', -4 * hour, -5 * hour],
    ['America/New_York', '2006-04-02T07:00:00Z', -5 * hour, -4 * hour],
    ['Australia/Sydney', '2025-10-04T16:00:00Z', 10 * hour, 11 * hour],
    ['Australia/Sydney', '2025-04-05T16:00:00Z', 11 * hour, 10 * hour],
    ['Africa/Casablanca', '2024-03-10T02:00:00Z', hour, 0],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', -10 * hour, 14 * hour],
  ])('changes in %s at %s to the millisecond', (name, change, before, after) => {
    const at = Date.parse(change);
    expect(getZoneOffset(name, at - 1)).toBe(before);
    expect(getZoneOffset(name, at)).toBe(after);
  });
});

describe('toZonedInstant', () => {
  it('is the inverse of local time, except for skipped times', () => {
    fc.assert(
      fc.property(zone, date, fc.integer({ min: 0, max: 1439 }), (name, on, minutes) => {
        const at = toZonedInstant(name, on, minutes);
        const wanted = Date.parse(`${on}T00:00:00Z`) + minutes * minute;
        const difference = showLocalTime(name, at) - wanted;
        // A skipped time is moved behind the change by the skipped duration.
        expect([0, hour / 2, hour, day]).toContain(difference);
        if (difference !== 0) expect(getZoneOffset(name, at - difference)).toBeLessThan(getZoneOffset(name, at));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['America/New_York', '2024-03-08', 570, '2024-03-08T14:30:00Z'],
    ['America/New_York', '2024-03-11', 570, '2024-03-11T13:30:00Z'],
    ['America/New_York', '2024-03-10', 150, '2024-03-10T07:30:00Z'], // skipped: 03:30 instead of 02:30
    ['America/New_York', '2024-11-03', 90, '2024-11-03T05:30:00Z'], // shown twice: the first
    ['America/Sao_Paulo', '2018-11-04', 0, '2018-11-04T03:00:00Z'], // midnight is skipped: the day begins at 01:00
    ['Pacific/Apia', '2011-12-30', 0, '2011-12-30T10:00:00Z'], // the day is skipped: it begins with the next
    ['Pacific/Apia', '2011-12-31', 0, '2011-12-30T10:00:00Z'],
    ['Asia/Kolkata', '2025-10-21', 825, '2025-10-21T08:15:00Z'],
  ])('in %s on %s, %i minutes after midnight, returns %s', (name, on, minutes, expected) => {
    expect(toZonedInstant(name, on, minutes)).toBe(Date.parse(expected));
  });
});

describe('toZonedDate', () => {
  it('returns the date whose midnights enclose the instant', () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const on = toZonedDate(name, at);
        expect(toZonedInstant(name, on, 0)).toBeLessThanOrEqual(at);
        expect(toZonedInstant(name, addDays(on, 1), 0)).toBeGreaterThan(at);
      }),
      { numRuns: 500 },
    );
  });
});

it('throws for an unknown time zone', () => {
  expect(() => getZoneOffset('Mars/Olympus', 0)).toThrow(RangeError);
});
