import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { countSessionsPerYear, formatHours } from './session-hours.js';

const regular = '10:00-16:00';
const early = '10:00-14:10';

describe('XASX', () => {
  it('has as many sessions each year as price histories and published calendars', () => {
    expect(countSessionsPerYear('XASX', 1990, 2026)).toEqual([
      ...[252, 253, 255, 255, 252, 252, 254, 253, 254, 253], // 1990
      ...[252, 253, 253, 253, 255, 252, 252, 253, 254, 254], // 2000
      ...[253, 252, 253, 253, 253, 254, 253, 252, 253, 253], // 2010
      ...[255, 254, 251, 252, 254, 253, 254], // 2020
    ]);
  });

  it.each([
    ['1990-01-26', regular],
    ['1990-01-29', 'closed'], // Australia Day, then kept on the Monday
    ['1990-12-31', 'closed'],
    ['1993-01-26', regular],
    ['1994-01-26', 'closed'],
    ['1996-04-04', early], // before Good Friday
    ['1999-12-31', 'closed'],
    ['2000-06-12', 'closed'],
    ['2000-11-07', regular], // Melbourne Cup: a holiday in Melbourne only
    ['2003-12-24', '10:00-14:05'],
    ['2004-01-02', '10:00-14:05'],
    ['2004-12-27', 'closed'],
    ['2004-12-28', 'closed'],
    ['2006-12-29', '10:00-14:15'],
    ['2008-03-20', early],
    ['2009-04-09', regular],
    ['2010-04-26', 'closed'],
    ['2011-04-25', 'closed'],
    ['2011-04-26', 'closed'],
    ['2011-12-23', early],
    ['2011-12-30', early],
    ['2016-12-23', early],
    ['2017-12-22', early],
    ['2018-12-31', early],
    ['2020-01-27', 'closed'],
    ['2020-04-27', regular], // Anzac Day on a Saturday is not kept
    ['2021-04-26', regular],
    ['2021-12-24', early],
    ['2021-12-27', 'closed'],
    ['2021-12-28', 'closed'],
    ['2021-12-31', early],
    ['2022-01-03', 'closed'],
    ['2022-09-22', 'closed'],
    ['2022-12-23', regular],
    ['2022-12-30', regular],
    ['2023-12-22', regular],
    ['2024-06-10', 'closed'],
    ['2024-12-24', early],
    ['2024-12-31', early],
    ['2025-01-27', 'closed'],
    ['2025-12-24', early],
    ['2026-04-27', regular],
    ['2026-12-24', early],
    ['2026-12-28', 'closed'],
    ['2026-12-31', early],
  ])('has on %s the hours %s', (date, expected) => {
    expect(formatHours('XASX', date)).toBe(expected);
  });

  it('publishes sessions until 2026 and projects later ones', () => {
    const sessions = requireCalendar('XASX').sessions('2026-12-01', '2027-02-01');
    for (const session of sessions) expect(session.projected).toBe(session.date > '2026-12-31');
  });

  it('opens on the previous UTC date during daylight saving time', () => {
    const session = requireCalendar('XASX').sessions('2026-01-05', '2026-01-06')[0];
    expect(session?.open).toBe(Date.parse('2026-01-04T23:00:00Z'));
    expect(session?.date).toBe('2026-01-05');
  });
});
