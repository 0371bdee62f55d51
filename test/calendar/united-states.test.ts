import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { projectedEarlyCloses } from '../../src/calendar/united-states.js';
import { countSessionsPerYear, formatHours } from './session-hours.js';

const ordinary = '09:30-16:00';

describe('XNYS and XNAS', () => {
  it('have 8,324 sessions from 1990 to 13 January 2023', () => {
    for (const exchange of ['XNYS', 'XNAS']) {
      expect(requireCalendar(exchange).sessions('1990-01-01', '2023-01-14')).toHaveLength(8324);
    }
  });

  it('have as many sessions each year as price histories and published calendars', () => {
    expect(countSessionsPerYear('XNYS', 1990, 2028)).toEqual([
      ...[253, 253, 254, 253, 252, 252, 254, 253, 252, 252], // 1990
      ...[252, 248, 252, 252, 252, 252, 251, 251, 253, 252], // 2000
      ...[252, 252, 250, 252, 252, 252, 252, 251, 251, 252], // 2010
      ...[253, 252, 251, 250, 252, 250, 251, 251, 251], // 2020
    ]);
  });

  it('have the same sessions', () => {
    expect(requireCalendar('XNAS').sessions('1990-01-01', '2041-01-01')).toEqual(
      requireCalendar('XNYS').sessions('1990-01-01', '2041-01-01'),
    );
  });

  it.each([
    ['1990-12-24', '09:30-14:00'],
    ['1990-12-27', '11:00-16:00'],
    ['1991-12-24', '09:30-14:00'],
    ['1991-11-29', ordinary], // the day after Thanksgiving was shortened from 1992 on
    ['1992-11-27', '09:30-14:00'],
    ['1992-12-24', '09:30-14:00'],
    ['1993-11-26', '09:30-13:00'],
    ['1993-12-24', 'closed'],
    ['1994-02-11', '09:30-14:30'],
    ['1994-04-27', 'closed'],
    ['1995-07-03', '09:30-13:00'],
    ['1995-12-18', '10:30-16:00'],
    ['1996-01-08', '11:00-14:00'],
    ['1996-07-05', '09:30-13:00'],
    ['1997-10-27', '09:30-15:30'],
    ['1997-12-26', '09:30-13:00'],
    ['1998-01-19', 'closed'], // Martin Luther King's birthday for the first time
    ['1997-01-20', ordinary],
    ['1999-12-24', 'closed'],
    ['1999-12-31', '09:30-13:00'],
    ['2000-01-03', ordinary],
    ['2001-09-10', ordinary],
    ['2001-09-11', 'closed'],
    ['2001-09-14', 'closed'],
    ['2001-09-17', ordinary],
    ['2002-07-05', '09:30-13:00'],
    ['2002-09-11', '12:00-16:00'],
    ['2003-12-26', '09:30-13:00'],
    ['2004-06-11', 'closed'],
    ['2004-12-31', ordinary], // New Year's Day on a Saturday is not observed
    ['2007-01-02', 'closed'],
    ['2008-12-26', ordinary],
    ['2010-12-31', ordinary],
    ['2012-10-29', 'closed'],
    ['2012-10-30', 'closed'],
    ['2012-10-31', ordinary],
    ['2013-07-03', '09:30-13:00'],
    ['2013-07-05', ordinary],
    ['2018-12-05', 'closed'],
    ['2021-06-18', ordinary],
    ['2021-12-24', 'closed'],
    ['2021-12-31', ordinary],
    ['2022-06-20', 'closed'], // Juneteenth for the first time
    ['2022-12-26', 'closed'],
    ['2023-01-02', 'closed'],
    ['2024-03-29', 'closed'],
    ['2024-07-03', '09:30-13:00'],
    ['2024-12-24', '09:30-13:00'],
    ['2025-01-09', 'closed'],
    ['2025-12-26', ordinary],
    ['2026-07-02', ordinary],
    ['2026-07-03', 'closed'],
    ['2026-11-27', '09:30-13:00'],
    ['2027-06-18', 'closed'],
    ['2027-12-24', 'closed'],
    ['2027-12-31', ordinary],
    ['2028-07-03', '09:30-13:00'],
    ['2024-06-22', 'closed'], // Saturday
  ])('has on %s the hours %s', (date, expected) => {
    expect(formatHours('XNYS', date)).toBe(expected);
  });

  it('have announced the early closings of the projection since 2013', () => {
    for (let year = 2013; year <= 2028; year++) {
      const announced = requireCalendar('XNYS')
        .sessions(`${year}-01-01`, `${year + 1}-01-01`)
        .filter((session) => session.close - session.open === 3.5 * 3_600_000)
        .map((session) => session.date);
      expect(announced, String(year)).toEqual(projectedEarlyCloses(year));
    }
  });

  it('publish sessions until 2028 and project later ones', () => {
    const sessions = requireCalendar('XNYS').sessions('2028-12-01', '2029-02-01');
    for (const session of sessions) expect(session.projected).toBe(session.date > '2028-12-31');
  });
});
