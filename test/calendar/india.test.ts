import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { predictableHolidays } from '../../src/calendar/india.js';
import { countSessionsPerYear, formatHours, findSession } from './session-hours.js';

const ordinary = '09:15-15:30';

describe('XNSE and XBOM', () => {
  it('have as many sessions each year as price histories and published calendars', () => {
    expect(countSessionsPerYear('XNSE', 2010, 2026)).toEqual([
      ...[252, 247, 251, 250, 244, 248, 247, 248, 246, 245], // 2010
      ...[252, 248, 248, 246, 249, 249, 247], // 2020
    ]);
  });

  it('have the same sessions', () => {
    expect(requireCalendar('XBOM').sessions('2010-01-01', '2041-01-01')).toEqual(
      requireCalendar('XNSE').sessions('2010-01-01', '2041-01-01'),
    );
  });

  it.each([
    ['2010-11-05', '18:15-19:15'],
    ['2011-10-26', '16:45-18:00'],
    ['2012-11-13', '15:45-17:00'],
    ['2013-11-03', '18:15-19:30'],
    ['2014-10-23', '18:30-19:30'],
    ['2015-11-11', '17:45-18:45'],
    ['2016-10-30', '18:30-19:30'],
    ['2017-10-19', '18:30-19:30'],
    ['2018-11-07', '17:30-18:30'],
    ['2019-10-27', '18:15-19:15'],
    ['2020-11-14', '18:15-19:15'],
    ['2021-11-04', '18:15-19:15'],
    ['2022-10-24', '18:15-19:15'],
    ['2023-11-12', '18:15-19:15'],
    ['2024-11-01', '18:00-19:00'],
    ['2025-10-21', '13:45-14:45'],
  ])('have a Muhurat session on %s at %s', (date, expected) => {
    expect(formatHours('XNSE', date)).toBe(expected);
  });

  it.each([
    ['2010-01-01', 'closed'],
    ['2010-01-04', '09:00-15:30'],
    ['2010-02-06', '11:00-12:30'],
    ['2010-10-15', '09:00-15:30'],
    ['2010-10-18', ordinary],
    ['2012-01-07', '11:15-12:45'],
    ['2012-03-03', '11:15-12:45'],
    ['2012-04-28', '11:15-12:45'],
    ['2012-09-08', '11:15-12:45'],
    ['2013-05-11', '11:15-12:45'],
    ['2013-11-14', ordinary], // Muharram was moved to the day after
    ['2013-11-15', 'closed'],
    ['2014-03-22', '11:15-12:45'],
    ['2014-04-24', 'closed'], // parliamentary election
    ['2014-10-15', 'closed'], // state election
    ['2015-02-28', ordinary],
    ['2019-04-29', 'closed'],
    ['2019-10-21', 'closed'],
    ['2020-02-01', ordinary],
    ['2020-05-25', 'closed'],
    ['2020-07-31', ordinary],
    ['2021-02-24', '09:15-17:00'],
    ['2023-06-28', ordinary], // Bakri Id was moved to the day after
    ['2023-06-29', 'closed'],
    ['2024-01-20', ordinary],
    ['2024-01-22', 'closed'],
    ['2024-03-02', '09:15-12:30'],
    ['2024-05-18', '09:15-12:30'],
    ['2024-05-20', 'closed'],
    ['2024-11-20', 'closed'],
    ['2025-02-01', ordinary],
    ['2025-10-22', 'closed'],
    ['2026-01-15', 'closed'],
    ['2026-02-01', ordinary],
    ['2026-05-28', 'closed'],
    ['2026-12-25', 'closed'],
    ['2024-06-22', 'closed'], // an ordinary Saturday
  ])('has on %s the hours %s', (date, expected) => {
    expect(formatHours('XBOM', date)).toBe(expected);
  });

  it('mark the one announced session whose hours are not announced', () => {
    expect(findSession('XNSE', '2026-11-08')?.projected).toBe(true);
    expect(findSession('XNSE', '2026-11-09')?.projected).toBe(false);
  });

  it('project fixed dates, Good Friday and weekends only', () => {
    const sessions = requireCalendar('XNSE').sessions('2027-01-01', '2028-01-01');
    expect(sessions.every((session) => session.projected)).toBe(true);
    expect(sessions).toHaveLength(258);
    expect(formatHours('XNSE', '2027-01-26')).toBe('closed');
    expect(formatHours('XNSE', '2027-03-26')).toBe('closed');
    expect(formatHours('XNSE', '2027-10-02')).toBe('closed');
  });

  it('have been closed on every predictable holiday since 2010', () => {
    for (let year = 2010; year <= 2026; year++) {
      for (const date of predictableHolidays(year)) expect(formatHours('XNSE', date), date).toBe('closed');
    }
  });
});
