import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { getCalendar, supportedExchanges, lastProjectedYear } from '../../src/calendar/calendars.js';
import { addDays, fromDayNumber, day, toDayNumber, hour } from '../../src/core/time/time.js';

const exchange = fc.constantFrom(...supportedExchanges);
const date = fc.integer({ min: toDayNumber('1989-06-01'), max: toDayNumber('2041-01-01') }).map(fromDayNumber);

describe('getCalendar', () => {
  it('returns a calendar for each exchange and undefined for others', () => {
    const american = ['XNYS', 'XNAS', 'XTSE'];
    const asian = ['XASX', 'XNSE', 'XBOM', 'XTKS', 'XHKG'];
    const european = ['XLON', 'XETR', 'XPAR', 'XAMS', 'XBRU', 'XMIL', 'XSWX'];
    expect([...supportedExchanges].sort()).toEqual([...american, ...asian, ...european].sort());
    expect(getCalendar('XSHG')).toBeUndefined();
    expect(getCalendar('xnys')).toBeUndefined();
  });

  it.each([
    ['XNYS', 'America/New_York', '1990-01-01'],
    ['XNAS', 'America/New_York', '1990-01-01'],
    ['XASX', 'Australia/Sydney', '1990-01-01'],
    ['XNSE', 'Asia/Kolkata', '2010-01-01'],
    ['XBOM', 'Asia/Kolkata', '2010-01-01'],
  ])('returns the time zone and the first date of %s', (name, timeZone, firstDate) => {
    expect(requireCalendar(name)).toMatchObject({ exchange: name, timeZone, firstDate });
    expect(requireCalendar(name).sessions('1900-01-01', firstDate)).toEqual([]);
  });
});

describe('sessions', () => {
  it('are in order, and each lies within its day', () => {
    for (const name of supportedExchanges) {
      const sessions = requireCalendar(name).sessions('1990-01-01', '2041-01-01');
      const misplaced = sessions.filter(({ dayStart, open, close, dayEnd }, index) => {
        const previousEnd = sessions[index - 1]?.dayEnd ?? dayStart;
        return !(previousEnd <= dayStart && dayStart < open && open < close && close < dayEnd);
      });
      expect(misplaced).toEqual([]);
    }
  });

  it('have the date that the time zone shows throughout the day', () => {
    fc.assert(
      fc.property(exchange, date, (name, on) => {
        const known = requireCalendar(name);
        for (const session of known.sessions(on, addDays(on, 10))) {
          expect(known.startOf(session.date)).toBe(session.dayStart);
          for (const at of [session.dayStart, session.open, session.close, session.dayEnd - 1]) {
            expect(known.dateAt(at)).toBe(session.date);
          }
          expect(known.dateAt(session.dayEnd)).toBe(addDays(session.date, 1));
        }
      }),
    );
  });

  it('of a span equal the sessions of its parts', () => {
    fc.assert(
      fc.property(exchange, date, date, date, (name, a, b, c) => {
        const [from = a, middle = b, to = c] = [a, b, c].sort();
        const known = requireCalendar(name);
        const whole = known.sessions(from, to);
        expect([...known.sessions(from, middle), ...known.sessions(middle, to)]).toEqual(whole);
        expect(whole.every((session) => session.date >= from && session.date < to)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('are empty for an empty or reversed span', () => {
    expect(requireCalendar('XNYS').sessions('2024-01-03', '2024-01-03')).toEqual([]);
    expect(requireCalendar('XNYS').sessions('2024-01-03', '2024-01-02')).toEqual([]);
  });

  it('are projected to 2040 and end in 2100', () => {
    expect(requireCalendar('XASX').sessions('2040-12-31', '2041-01-01')).toHaveLength(1);
    expect(requireCalendar('XNYS').sessions('2090-01-01', '9999-12-31').at(-1)?.date).toBe(
      `${lastProjectedYear}-12-31`,
    );
  });

  it('of known years are returned in less than 20 ms', () => {
    const known = requireCalendar('XNYS');
    known.sessions('2010-01-01', '2020-01-01');
    const before = performance.now();
    for (let times = 0; times < 1000; times++) known.sessions('2010-01-02', '2019-12-30');
    expect((performance.now() - before) / 1000).toBeLessThan(20);
  });
});

describe('daylight saving time', () => {
  it('shifts the open in UTC and keeps the local hours', () => {
    const opens = (name: string, from: string, to: string): string[] =>
      requireCalendar(name)
        .sessions(from, to)
        .map((session) => new Date(session.open).toISOString().slice(0, 16));
    expect(opens('XNYS', '2024-03-08', '2024-03-12')).toEqual(['2024-03-08T14:30', '2024-03-11T13:30']);
    expect(opens('XNYS', '2024-11-01', '2024-11-05')).toEqual(['2024-11-01T13:30', '2024-11-04T14:30']);
    expect(opens('XNYS', '1990-03-30', '1990-04-03')).toEqual(['1990-03-30T14:30', '1990-04-02T13:30']);
    expect(opens('XASX', '2025-10-03', '2025-10-07')).toEqual(['2025-10-03T00:00', '2025-10-05T23:00']);
    expect(opens('XASX', '2025-04-04', '2025-04-08')).toEqual(['2025-04-03T23:00', '2025-04-07T00:00']);
    expect(opens('XNSE', '2025-10-20', '2025-10-22')).toEqual(['2025-10-20T03:45', '2025-10-21T08:15']);
  });

  it('makes the Sunday of a clock change 23 or 25 hours long', () => {
    const length = (on: string): number => {
      const known = requireCalendar('XNYS');
      return known.startOf(addDays(on, 1)) - known.startOf(on);
    };
    expect(length('2024-03-10')).toBe(23 * hour);
    expect(length('2024-11-03')).toBe(25 * hour);
    expect(length('2024-11-04')).toBe(day);
  });
});

describe('the time zone of the machine', () => {
  const own = process.env['TZ'];

  afterEach(() => {
    if (own === undefined) delete process.env['TZ'];
    else process.env['TZ'] = own;
    vi.resetModules();
  });

  it.each(['Pacific/Kiritimati', 'Pacific/Niue', 'America/Los_Angeles', 'Europe/London'])(
    'does not change sessions when it is %s',
    async (zone) => {
      const expected = supportedExchanges.map((name) => requireCalendar(name).sessions('2009-12-01', '2027-02-01'));
      process.env['TZ'] = zone;
      vi.resetModules();
      const fresh = await import('../../src/calendar/calendars.js');
      const found = supportedExchanges.map((name) => fresh.getCalendar(name)?.sessions('2009-12-01', '2027-02-01'));
      expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
      expect(found).toEqual(expected);
    },
  );
});
