import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toZonedInstant } from '../../../src/core/time/time-zone.js';
import { allTime, partitionBounds } from '../../../src/lake/coverage/partition-bounds.js';

describe('partitionBounds', () => {
  test.each([
    ['2026', 'America/New_York', '2026-01-01T05:00:00Z', '2027-01-01T05:00:00Z'],
    ['2026', 'Australia/Sydney', '2025-12-31T13:00:00Z', '2026-12-31T13:00:00Z'],
    ['2026-07', 'America/New_York', '2026-07-01T04:00:00Z', '2026-08-01T04:00:00Z'],
    ['2026-02', 'Asia/Kolkata', '2026-01-31T18:30:00Z', '2026-02-28T18:30:00Z'],
    ['2026-12', 'UTC', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ])('returns local midnights for %s in %s', (period, zone, start, end) => {
    expect(partitionBounds(period, zone)).toEqual({ start: Date.parse(start), end: Date.parse(end) });
  });

  test('returns adjacent bounds for the months of a year', () => {
    const zone = fc.constantFrom('America/New_York', 'Australia/Sydney', 'Asia/Kolkata', 'Pacific/Kiritimati', 'UTC');
    fc.assert(
      fc.property(zone, fc.integer({ min: 1990, max: 2040 }), (where, year) => {
        const months = Array.from({ length: 12 }, (_, month) => `${year}-${String(month + 1).padStart(2, '0')}`);
        const bounds = months.map((month) => partitionBounds(month, where));
        for (const [index, { end }] of bounds.entries()) if (index < 11) expect(bounds[index + 1]?.start).toBe(end);
        expect({ start: bounds[0]?.start, end: bounds[11]?.end }).toEqual(partitionBounds(String(year), where));
      }),
    );
  });

  test('contains the bounds of every zone if the zone is unknown', () => {
    const { start, end } = partitionBounds('2026', null);
    for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12', 'America/New_York', 'Australia/Sydney']) {
      expect(toZonedInstant(zone, '2026-01-01', 0)).toBeGreaterThanOrEqual(start);
      expect(toZonedInstant(zone, '2027-01-01', 0)).toBeLessThanOrEqual(end);
    }
  });

  test.each([undefined, null, '', 'monthly'])('returns all time for %s, which is no period', (period) => {
    expect(partitionBounds(period, 'UTC')).toBe(allTime);
  });
});
