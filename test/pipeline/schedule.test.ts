import { describe, expect, it } from 'vitest';
import { nextDue } from '../../src/pipeline/schedule.js';

const at = (text: string): number => Date.parse(text);

describe('nextDue', () => {
  it.each([
    // Friday evening in New York is followed by Monday evening, across the end of summer time.
    ['30 18 * * 1-5', 'America/New_York', '2026-10-30T22:30:00Z', '2026-11-02T23:30:00Z'],
    ['0 16 * * 1-5', 'Asia/Kolkata', '2026-01-01T00:00:00Z', '2026-01-01T10:30:00Z'],
    ['0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['@daily', 'UTC', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  ])('of %s in %s after %s is %s', (cron, timeZone, after, expected) => {
    expect(nextDue({ cron, timeZone }, at(after))).toBe(at(expected));
  });

  it('of a time that never comes is none', () => {
    expect(nextDue({ cron: '0 0 30 2 *', timeZone: 'UTC' }, at('2026-01-01T00:00:00Z'))).toBeNull();
  });
});
