import { describe, expect, test } from 'vitest';

import { listSessionsOrExit } from '../../src/app/list-sessions.js';

const clock = { now: () => Date.parse('2026-07-06T18:00:00Z'), sleepUntil: () => Promise.resolve() };

describe('listSessionsOrExit', () => {
  test('without dates lists the last 30 days up to today at the exchange', () => {
    const { calendar, sessions, isTruncated } = listSessionsOrExit('XNYS', { from: null, to: null }, { clock });
    expect(calendar.timeZone).toBe('America/New_York');
    expect(sessions[0]?.date).toBe('2026-06-08');
    expect(sessions.at(-1)?.date).toBe('2026-07-06');
    expect(isTruncated).toBe(false);
  });

  test('includes both dates of the range', () => {
    const range = { from: '2026-07-01', to: '2026-07-02' };
    const { sessions } = listSessionsOrExit('XNYS', range, { clock });
    expect(sessions.map(({ date }) => date)).toEqual(['2026-07-01', '2026-07-02']);
  });

  test('a range that begins before the calendar is marked as truncated', () => {
    const range = { from: '1900-01-01', to: '1900-02-01' };
    expect(listSessionsOrExit('XNYS', range, { clock })).toMatchObject({ sessions: [], isTruncated: true });
  });

  test('a range that ends before it begins is rejected', () => {
    const range = { from: '2026-07-02', to: '2026-07-01' };
    expect(() => listSessionsOrExit('XNYS', range, { clock })).toThrow('--from 2026-07-02 is after --to 2026-07-01');
  });

  test('an unknown exchange is rejected', () => {
    expect(() => listSessionsOrExit('XXXX', { from: null, to: null }, { clock })).toThrow('unknown calendar XXXX');
  });
});
