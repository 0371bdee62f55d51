import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Session } from '../../src/core/calendar.js';
import type { CoverageState, CoveredWindow, SeriesCoverage } from '../../src/core/coverage.js';
import { day, hour } from '../../src/core/time.js';
import type { Instant } from '../../src/core/time.js';
import type { Window } from '../../src/core/window.js';
import { joinGaps, sessionGaps } from '../../src/plan/gaps.js';
import type { GapRules } from '../../src/plan/gaps.js';
import { tradingSpan } from '../../src/plan/wanted.js';
import { arbitraryCoverage } from '../fixtures/arbitrary-coverage.js';
import { plainCalendar } from '../fixtures/plain-calendar.js';

/** Two weeks from a Monday; the calendar leaves out Saturdays, Sundays and the second Wednesday. */
const monday = Date.parse('2026-11-16T00:00:00Z');
const isOpen = (dayNumber: number): boolean => {
  const from = dayNumber - monday / day;
  return from % 7 < 5 && from !== 9;
};
const sessions = plainCalendar(isOpen).sessions('2026-11-16', '2026-11-30');

const usual: GapRules = {
  force: false,
  retryFailed: false,
  retryDenied: false,
  hours: 'rth',
  settle: 0,
  wholeSessions: false,
  now: monday + 30 * day,
};

function ticksOf({ start, end }: Window): readonly Instant[] {
  return Array.from({ length: (end - start) / hour }, (_, index) => start + index * hour);
}

/** What the rules say about one instant, looked at on its own. */
function isWanted(state: CoverageState | null, session: Session, rules: GapRules): boolean {
  if (rules.force) return true;
  if (state === null) return !rules.retryFailed;
  if (state === 'failed') return true;
  if (state === 'denied') return rules.retryDenied;
  if (rules.retryFailed) return false;
  if (state === 'provisional') return rules.now >= session.close + rules.settle;
  return state === 'missing';
}

function at(coverage: SeriesCoverage, instant: Instant): CoveredWindow | null {
  return coverage.find(({ start, end }) => start <= instant && instant < end) ?? null;
}

/** The instants of each session that have to be asked for, with the latest window that has to be asked again. */
function naive(coverage: SeriesCoverage, rules: GapRules) {
  return sessions.flatMap((session) => {
    const span = ticksOf(tradingSpan(session, rules.hours));
    const ticks = span.filter((tick) => isWanted(at(coverage, tick)?.state ?? null, session, rules));
    if (ticks.length === 0) return [];
    const whole = rules.force || rules.wholeSessions || ticks.length === span.length;
    const again = ticks.map((tick) => at(coverage, tick)).filter((window) => window !== null);
    const latest = again.sort((a, b) => a.at - b.at).at(-1);
    return [{ date: session.date, whole, ticks: whole ? ticksOf(dayOf(session)) : ticks, latest }];
  });
}

const dayOf = ({ dayStart, dayEnd }: Session): Window => ({ start: dayStart, end: dayEnd });

const anyRules = fc.record({
  force: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  retryFailed: fc.boolean(),
  retryDenied: fc.boolean(),
  hours: fc.constantFrom('rth' as const, 'all' as const),
  settle: fc.integer({ min: 0, max: 100 }).map((hours) => hours * hour),
  wholeSessions: fc.boolean(),
  now: fc.integer({ min: 0, max: 16 * 24 }).map((hours) => monday + hours * hour),
});

describe('session gaps', () => {
  test('are exactly the instants that a look at each on its own finds', () => {
    fc.assert(
      fc.property(arbitraryCoverage(monday - day), anyRules, (coverage, rules) => {
        const found = sessionGaps(coverage, sessions, rules);
        const seen = found.map((gap) => ({
          date: gap.session.date,
          whole: gap.whole,
          ticks: gap.windows.flatMap(ticksOf),
        }));
        expect(seen).toEqual(naive(coverage, rules).map(({ date, whole, ticks }) => ({ date, whole, ticks })));
        for (const gap of found) expect(sessions[gap.index]).toBe(gap.session);
      }),
      { numRuns: 500 },
    );
  });

  test('give as their reason what was learned last', () => {
    fc.assert(
      fc.property(arbitraryCoverage(monday - day), anyRules, (coverage, rules) => {
        const expected = naive(coverage, rules).map(({ latest }) => {
          if (rules.force) return { kind: 'forced' };
          return latest === undefined
            ? { kind: 'never-asked' }
            : { kind: 'asked-before', state: latest.state, at: latest.at };
        });
        expect(sessionGaps(coverage, sessions, rules).map(({ reason }) => reason)).toEqual(expected);
      }),
    );
  });

  test('a hole in the middle of a session is asked for, and nothing else of it', () => {
    const [first] = sessions;
    if (first === undefined) throw new Error('no session');
    const coverage: SeriesCoverage = [
      { start: first.dayStart, end: first.open + hour, state: 'data', at: 1 },
      { start: first.open + 2 * hour, end: first.dayEnd, state: 'data', at: 1 },
    ];
    expect(sessionGaps(coverage, [first], usual)[0]?.windows).toEqual([
      { start: first.open + hour, end: first.open + 2 * hour },
    ]);
    const [daily] = sessionGaps(coverage, [first], { ...usual, wholeSessions: true });
    expect(daily?.windows).toEqual([dayOf(first)]);
  });

  test('what lies outside trading hours is not missed', () => {
    const coverage = sessions.map(({ open, close }) => ({ start: open, end: close, state: 'data' as const, at: 1 }));
    expect(sessionGaps(coverage, sessions, usual)).toEqual([]);
    expect(sessionGaps(coverage, sessions, { ...usual, hours: 'all' })).toHaveLength(sessions.length);
  });

  test('a note of the source is carried into the reason', () => {
    const coverage: SeriesCoverage = [
      { start: monday, end: monday + day, state: 'failed', at: 5, note: 'connection lost' },
    ];
    expect(sessionGaps(coverage, sessions.slice(0, 1), usual)[0]?.reason).toEqual({
      kind: 'asked-before',
      state: 'failed',
      at: 5,
      note: 'connection lost',
    });
  });
});

describe('joined gaps', () => {
  const never: SeriesCoverage = [];

  test('span nights, weekends and holidays between sessions that all lack the same', () => {
    expect(joinGaps(sessionGaps(never, sessions, usual))).toEqual([
      { window: { start: sessions[0]?.dayStart, end: sessions.at(-1)?.dayEnd }, reason: { kind: 'never-asked' } },
    ]);
  });

  test('part where a session is held, where one is held in part, and where the reason changes', () => {
    const [first, second, third, fourth] = sessions;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
      throw new Error('too few sessions');
    }
    const coverage: SeriesCoverage = [
      { ...dayOf(second), state: 'data', at: 1 },
      { ...dayOf(fourth), state: 'failed', at: 2 },
    ];
    const windows = joinGaps(sessionGaps(coverage, sessions, usual)).map(({ window }) => window);
    expect(windows).toEqual([
      dayOf(first),
      dayOf(third),
      dayOf(fourth),
      { start: sessions[4]?.dayStart, end: sessions.at(-1)?.dayEnd },
    ]);
  });

  test('hold the same instants as the sessions they are made of, besides the time between sessions', () => {
    fc.assert(
      fc.property(arbitraryCoverage(monday - day), anyRules, (coverage, rules) => {
        const gaps = sessionGaps(coverage, sessions, rules);
        const joined = joinGaps(gaps);
        const apart = gaps.flatMap(({ windows }) => windows.flatMap(ticksOf));
        const inSessions = joined
          .flatMap(({ window }) => ticksOf(window))
          .filter((tick) => isOpen(Math.floor(tick / day)));
        expect(inSessions).toEqual(apart);
      }),
    );
  });
});
