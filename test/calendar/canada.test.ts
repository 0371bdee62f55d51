import { describe, expect, it } from 'vitest';

import { countSessionsPerYear, formatHours } from './session-hours.js';

describe('XTSE', () => {
  it('has as many sessions each year as published calendars', () => {
    expect(countSessionsPerYear('XTSE', 2010, 2026)).toEqual([
      ...[251, 250, 251, 251, 251, 251, 251, 250, 251, 251], // 2010
      ...[252, 251, 250, 250, 252, 251, 251], // 2020
    ]);
  });

  it.each([
    ['2026-02-16', 'closed'], // Family Day
    ['2026-05-18', 'closed'], // Victoria Day
    ['2026-05-25', '09:30-16:00'],
    ['2026-07-03', '09:30-16:00'],
    ['2026-11-26', '09:30-16:00'], // Thanksgiving of the United States
    ['2026-12-24', '09:30-13:00'],
    ['2022-12-23', '09:30-16:00'],
  ])('on %s: %s', (date, hours) => {
    expect(formatHours('XTSE', date)).toBe(hours);
  });
});
