import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { day, hour, formatInstant, minute, second } from '../../../src/core/time/time.js';
import { computeJitter } from '../../../src/scheduler/schedule/due-times.js';
import { at, cron, every, createTestDueTimes } from '../schedules.js';

describe('createDueTimes', () => {
  it.each([
    // Friday evening in New York is followed by Monday evening, across the end of summer time.
    ['30 18 * * 1-5', 'America/New_York', '2026-10-30T22:30:00Z', '2026-11-02T23:30:00Z'],
    ['0 16 * * 1-5', 'Asia/Kolkata', '2026-01-01T00:00:00Z', '2026-01-01T10:30:00Z'],
    ['0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['@daily', 'UTC', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    // 02:30 does not exist on 8 March 2026: due when summer time begins, at 03:00.
    ['30 2 * * *', 'America/New_York', '2026-03-08T05:00:00Z', '2026-03-08T07:00:00Z'],
    // 01:30 exists twice on 1 November 2026: due at the first one only.
    ['30 1 * * *', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T05:30:00Z'],
    ['30 1 * * *', 'America/New_York', '2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'],
    ['0 12 * * *', 'Australia/Sydney', '2026-04-04T02:00:00Z', '2026-04-05T02:00:00Z'],
  ])('returns for `%s` in %s after %s the due time %s', (line, zone, after, expected) => {
    expect(createTestDueTimes(cron(line, zone)).next(at(after))).toBe(at(expected));
  });

  it('returns null for a cron expression that never matches', () => {
    expect(createTestDueTimes(cron('0 0 30 2 *')).next(at('2026-01-01T00:00:00Z'))).toBeNull();
  });
});

describe('createDueTimes during market hours', () => {
  const inDay = (times: Parameters<typeof createTestDueTimes>[0], date: string): string[] =>
    [...createTestDueTimes(times).due(at(`${date}T00:00:00Z`) - 1, at(`${date}T23:59:59Z`))].map((due) =>
      formatInstant(due),
    );

  it('begins at the open and ends before the close', () => {
    const due = inDay(every(5 * minute, 'XNYS'), '2026-11-20');
    expect(due).toHaveLength(78);
    expect([due[0], due.at(-1)]).toEqual(['2026-11-20T14:30:00Z', '2026-11-20T20:55:00Z']);
  });

  it('follows half-days, holidays, weekends and special sessions', () => {
    expect(inDay(every(hour, 'XNYS'), '2026-11-27').at(-1)).toBe('2026-11-27T17:30:00Z');
    expect(inDay(every(hour, 'XNYS'), '2026-11-26')).toEqual([]);
    expect(inDay(every(hour, 'XNYS'), '2026-11-21')).toEqual([]);
    // The evening session of Diwali; otherwise the exchange is closed on that day.
    expect(inDay(every(30 * minute, 'XNSE'), '2024-11-01')).toEqual(['2024-11-01T12:30:00Z', '2024-11-01T13:00:00Z']);
  });

  it('reports a due time as timely until the close of its session', () => {
    const dueTimes = createTestDueTimes(every(hour, 'XNYS'));
    const due = at('2026-11-27T17:30:00Z');
    expect(dueTimes.isTimely(due, at('2026-11-27T17:59:59Z'))).toBe(true);
    expect(dueTimes.isTimely(due, at('2026-11-27T18:00:00Z'))).toBe(false);
  });
});

const times = fc.oneof(
  fc.constantFrom(
    cron('30 18 * * 1-5', 'America/New_York'),
    cron('*/15 9-15 * * 1-5', 'Asia/Kolkata'),
    cron('30 2 * * *', 'Australia/Sydney'),
  ),
  fc
    .tuple(fc.integer({ min: 61, max: 20_000 }), fc.constantFrom(null, 'XNYS', 'XNSE', 'XASX'))
    .map(([seconds, market]) => every(seconds * second, market)),
);
const instant = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') });

describe('createDueTimes for any schedule', () => {
  it('returns the same ordered due times for an interval and for its two parts', () => {
    fc.assert(
      fc.property(
        times,
        instant,
        fc.integer({ min: 0, max: 5 * day }),
        fc.integer({ min: 0, max: 5 * day }),
        fc.integer({ min: 0, max: minute }),
        (schedule, from, firstLength, secondLength, jitter) => {
          const dueTimes = createTestDueTimes(schedule, { jitter });
          const whole = [...dueTimes.due(from, from + firstLength + secondLength)];
          const parts = [
            ...dueTimes.due(from, from + firstLength),
            ...dueTimes.due(from + firstLength, from + firstLength + secondLength),
          ];
          expect(parts).toEqual(whole);
          expect(whole).toEqual([...new Set(whole)].sort((a, b) => a - b));
          expect(whole.every((due) => due > from && due <= from + firstLength + secondLength)).toBe(true);
          const next = dueTimes.next(from);
          if (whole.length > 0) expect(next).toBe(whole[0]);
          else expect(next === null || next > from + firstLength + secondLength).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('delays due times by a jitter between 0 and the maximum that depends on the name', () => {
    const delays = Array.from({ length: 200 }, (_, index) => computeJitter(`pipeline ${index}`, 30 * second));
    expect(Math.min(...delays)).toBeLessThan(3 * second);
    expect(Math.max(...delays)).toBeGreaterThan(27 * second);
    expect(Math.max(...delays)).toBeLessThan(30 * second);
    const after = at('2026-11-20T00:30:00Z');
    const plain = createTestDueTimes(every(hour)).next(after) ?? 0;
    expect(createTestDueTimes(every(hour), { jitter: 30 * second }, 'a').next(after)).toBe(
      plain + computeJitter('a', 30 * second),
    );
  });
});
