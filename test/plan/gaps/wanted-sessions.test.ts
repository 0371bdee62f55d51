import { describe, expect, test } from 'vitest';

import { getCalendar } from '../../../src/calendar/calendars.js';
import type { TradingHours } from '../../../src/core/tables/bars.js';
import type { Calendar } from '../../../src/core/time/calendar.js';
import type { Lookback } from '../../../src/config/pipeline/pipeline.js';
import { wantedSessions } from '../../../src/plan/gaps/wanted-sessions.js';

function calendar(name: string): Calendar {
  const found = getCalendar(name);
  if (found === undefined) throw new Error(`no calendar ${name}`);
  return found;
}

function wanted(
  exchange: string,
  lookback: Lookback,
  now: string,
  more: { hours?: TradingHours; from?: string; to?: string } = {},
): readonly string[] {
  const { hours = 'rth', from = null, to = null } = more;
  return wantedSessions(calendar(exchange), lookback, hours, { from, to }, Date.parse(now)).map(({ date }) => date);
}

const sessions = (count: number): Lookback => ({ kind: 'sessions', count });
const days = (count: number): Lookback => ({ kind: 'days', days: count });
const dates = (from: string, to: string | null = null): Lookback => ({ kind: 'dates', from, to });

describe('wanted sessions', () => {
  test('counts a lookback of sessions back from the last finished session', () => {
    // Friday evening, an ordinary week.
    expect(wanted('XNYS', sessions(3), '2026-11-20T22:00:00Z')).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
    // Sunday: the same ones.
    expect(wanted('XNYS', sessions(3), '2026-11-22T12:00:00Z')).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
  });

  test('excludes an unfinished session and includes a session at its close', () => {
    expect(wanted('XNYS', sessions(1), '2026-11-20T20:59:59.999Z')).toEqual(['2026-11-19']);
    expect(wanted('XNYS', sessions(1), '2026-11-20T21:00:00Z')).toEqual(['2026-11-20']);
    // The day after Thanksgiving closes three hours earlier.
    expect(wanted('XNYS', sessions(1), '2026-11-27T17:59:59Z')).toEqual(['2026-11-25']);
    expect(wanted('XNYS', sessions(1), '2026-11-27T18:00:00Z')).toEqual(['2026-11-27']);
  });

  test('finishes a session at the end of its day with hours "all"', () => {
    expect(wanted('XNYS', sessions(1), '2026-11-21T04:59:59Z', { hours: 'all' })).toEqual(['2026-11-19']);
    expect(wanted('XNYS', sessions(1), '2026-11-21T05:00:00Z', { hours: 'all' })).toEqual(['2026-11-20']);
  });

  test.each([1, 2, 5, 21, 252, 1260, 2600])('finds %i sessions across holidays', (count) => {
    for (const exchange of ['XNYS', 'XASX', 'XNSE']) {
      expect(wanted(exchange, sessions(count), '2026-01-02T23:30:00Z')).toHaveLength(count);
    }
  });

  test('returns all sessions when the calendar starts within the lookback', () => {
    const all = wanted('XNYS', sessions(100_000), '2026-11-20T22:00:00Z');
    expect(all[0]).toBe('1990-01-02');
    expect(all.at(-1)).toBe('2026-11-20');
  });

  test('counts dates for a lookback of days and includes today when its session is finished', () => {
    const week = ['2026-11-13', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
    expect(wanted('XNYS', days(7), '2026-11-20T22:00:00Z')).toEqual(week);
    expect(wanted('XNYS', days(7), '2026-11-20T20:00:00Z')).toEqual(week.slice(0, -1));
    expect(wanted('XNYS', days(1), '2026-11-22T12:00:00Z')).toEqual([]);
  });

  test('excludes the end of a lookback of dates, and the future', () => {
    const now = '2026-11-20T22:00:00Z';
    expect(wanted('XNYS', dates('2026-11-16', '2026-11-19'), now)).toEqual(['2026-11-16', '2026-11-17', '2026-11-18']);
    expect(wanted('XNYS', dates('2026-11-19'), now)).toEqual(['2026-11-19', '2026-11-20']);
    expect(wanted('XNYS', dates('2026-11-19', '2027-01-01'), now)).toEqual(['2026-11-19', '2026-11-20']);
    expect(wanted('XNYS', dates('2027-01-01'), now)).toEqual([]);
    expect(wanted('XNYS', dates('2026-11-19', '2026-11-16'), now)).toEqual([]);
  });

  test('prefers --from and --to to the lookback', () => {
    const now = '2026-11-20T22:00:00Z';
    expect(wanted('XNYS', sessions(1), now, { from: '2026-11-18' })).toEqual([
      '2026-11-18',
      '2026-11-19',
      '2026-11-20',
    ]);
    expect(wanted('XNYS', sessions(1), now, { from: '2026-11-17', to: '2026-11-19' })).toEqual([
      '2026-11-17',
      '2026-11-18',
    ]);
    expect(wanted('XNYS', sessions(1), now, { from: '2026-11-19', to: '2026-11-19' })).toEqual([]);
    expect(wanted('XNYS', sessions(1), now, { from: '2026-11-21', to: '2027-11-19' })).toEqual([]);
  });

  test('counts the lookback back from --to when --from is absent', () => {
    const now = '2026-11-20T22:00:00Z';
    expect(wanted('XNYS', sessions(2), now, { to: '2026-11-17' })).toEqual(['2026-11-13', '2026-11-16']);
    expect(wanted('XNYS', days(4), now, { to: '2026-11-17' })).toEqual(['2026-11-13', '2026-11-16']);
    expect(wanted('XNYS', dates('2026-11-13'), now, { to: '2026-11-17' })).toEqual(['2026-11-13', '2026-11-16']);
    expect(wanted('XNYS', sessions(2), now, { to: '2030-01-01' })).toEqual(['2026-11-19', '2026-11-20']);
  });

  test('returns the full count for --to tomorrow while today is finished for regular hours only', () => {
    const evening = '2026-11-20T22:00:00Z';
    expect(wanted('XNYS', sessions(2), evening, { to: '2026-11-21', hours: 'all' })).toEqual([
      '2026-11-18',
      '2026-11-19',
    ]);
  });

  test('returns one session for one date and no session for a holiday or weekend', () => {
    const on = (from: string, to: string): readonly string[] =>
      wanted('XNYS', sessions(5), '2026-12-20T22:00:00Z', { from, to });
    expect(on('2026-11-25', '2026-11-26')).toEqual(['2026-11-25']);
    expect(on('2026-11-26', '2026-11-27')).toEqual([]); // Thanksgiving
    expect(on('2026-11-28', '2026-11-29')).toEqual([]); // Saturday
  });

  test('uses the date of the exchange as today, not the date in UTC', () => {
    // 23:30 UTC on Thursday is Friday in Sydney, before its open; and still Thursday in New York, after its close.
    expect(wanted('XASX', sessions(1), '2026-11-19T23:30:00Z')).toEqual(['2026-11-19']);
    expect(wanted('XASX', sessions(1), '2026-11-20T05:00:00Z')).toEqual(['2026-11-20']);
    expect(wanted('XASX', days(1), '2026-11-20T13:30:00Z')).toEqual(['2026-11-20']);
    expect(wanted('XNYS', sessions(1), '2026-11-20T03:00:00Z')).toEqual(['2026-11-19']);
    expect(wanted('XNSE', sessions(1), '2026-11-20T10:00:00Z')).toEqual(['2026-11-20']);
  });

  test('shifts the close in UTC and returns the same sessions in weeks of clock changes', () => {
    // Clock changes in New York: to winter time on 2026-11-01, to summer time on 2026-03-08.
    expect(wanted('XNYS', sessions(1), '2026-10-30T20:00:00Z')).toEqual(['2026-10-30']);
    expect(wanted('XNYS', sessions(1), '2026-11-02T20:00:00Z')).toEqual(['2026-10-30']);
    expect(wanted('XNYS', sessions(1), '2026-11-02T21:00:00Z')).toEqual(['2026-11-02']);
    expect(wanted('XNYS', sessions(1), '2026-03-09T19:59:00Z')).toEqual(['2026-03-06']);
    expect(wanted('XNYS', sessions(1), '2026-03-09T20:00:00Z')).toEqual(['2026-03-09']);
    // Clock change in Sydney: to winter time on 2026-04-05.
    expect(wanted('XASX', sessions(1), '2026-04-07T05:59:00Z')).toEqual(['2026-04-02']);
    expect(wanted('XASX', sessions(1), '2026-04-07T06:00:00Z')).toEqual(['2026-04-07']);
  });
});
