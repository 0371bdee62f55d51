import { describe, expect, it } from 'vitest';

import { countSessionsPerYear, formatHours } from './session-hours.js';

describe('the exchanges of Europe', () => {
  it.each([
    ['XLON', [253, 251, 252, 253, 253, 253, 253, 252, 253, 253, 254, 253, 250, 251, 254, 253, 253]],
    ['XETR', [256, 257, 254, 253, 252, 253, 255, 252, 251, 251, 254, 255, 257, 255, 254, 253, 254]],
    ['XPAR', [258, 257, 256, 255, 255, 256, 257, 255, 255, 255, 257, 258, 257, 255, 256, 255, 256]],
    ['XMIL', [256, 256, 253, 252, 252, 254, 256, 254, 252, 252, 255, 256, 256, 254, 253, 252, 254]],
    ['XSWX', [254, 254, 250, 249, 249, 251, 254, 251, 249, 249, 252, 254, 254, 251, 250, 249, 251]],
  ] as const)('%s has as many sessions each year from 2010 to 2026 as published calendars', (exchange, counts) => {
    expect(countSessionsPerYear(exchange, 2010, 2026)).toEqual(counts);
  });

  it.each([
    ['XLON', '2011-04-29', 'closed'], // a royal wedding
    ['XLON', '2012-05-28', '08:00-16:30'], // the bank holiday moved to June
    ['XLON', '2012-06-05', 'closed'],
    ['XLON', '2020-05-04', '08:00-16:30'],
    ['XLON', '2020-05-08', 'closed'],
    ['XLON', '2022-09-19', 'closed'],
    ['XLON', '2022-12-23', '08:00-12:30'], // Christmas Eve is a Saturday
    ['XLON', '2026-12-24', '08:00-12:30'],
    ['XLON', '2026-12-28', 'closed'], // for Boxing Day on a Saturday
    ['XETR', '2014-06-09', '09:00-17:30'],
    ['XETR', '2015-05-25', 'closed'], // Whit Monday, from 2015 to 2021
    ['XETR', '2017-10-31', 'closed'],
    ['XETR', '2022-10-03', '09:00-17:30'],
    ['XETR', '2026-12-24', 'closed'],
    ['XETR', '2026-12-30', '09:00-14:00'],
    ['XETR', '2023-12-29', '09:00-14:00'],
    ['XPAR', '2026-12-24', '09:00-14:05'],
    ['XAMS', '2026-04-27', '09:00-17:30'], // the King's birthday is a day of trading
    ['XBRU', '2026-07-21', '09:00-17:30'],
    ['XMIL', '2025-08-15', 'closed'],
    ['XSWX', '2026-05-14', 'closed'], // Ascension Day
    ['XSWX', '2026-01-02', 'closed'],
  ])('%s on %s: %s', (exchange, date, hours) => {
    expect(formatHours(exchange, date)).toBe(hours);
  });
});
