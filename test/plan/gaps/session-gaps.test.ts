import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { defaultEmptyConfirmation } from '../../../src/core/empty-confirmation.js';
import type { TradingSession } from '../../../src/core/time/calendar.js';
import type { CoverageState, CoveredWindow, SeriesCoverage } from '../../../src/core/coverage.js';
import { day, hour } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { overlaps } from '../../../src/core/time/window.js';
import type { Window } from '../../../src/core/time/window.js';
import { findAbsentSessions } from '../../../src/plan/gaps/absent-sessions.js';
import { joinGaps, sessionGaps } from '../../../src/plan/gaps/session-gaps.js';
import type { GapOptions } from '../../../src/plan/gaps/session-gaps.js';
import { tradingSpan } from '../../../src/plan/gaps/wanted-sessions.js';
import { arbitraryCoverage } from '../../fixtures/arbitrary-coverage.js';
import { createPlainCalendar } from '../../fixtures/plain-calendar.js';

/** Two weeks from a Monday; the calendar leaves out Saturdays, Sundays and the second Wednesday. */
const monday = Date.parse('2026-11-16T00:00:00Z');
const isTradingDay = (dayNumber: number): boolean => {
  const from = dayNumber - monday / day;
  return from % 7 < 5 && from !== 9;
};
const sessions = createPlainCalendar(isTradingDay).sessions('2026-11-16', '2026-11-30');

const defaultOptions: GapOptions = {
  force: false,
  retryFailed: false,
  retryDenied: false,
  retryEmpty: false,
  missing: false,
  confirmation: defaultEmptyConfirmation,
  hours: 'rth',
  revisionWindow: 0,
  wholeSessions: false,
  now: monday + 30 * day,
};

function listTicks({ start, end }: Window): readonly Instant[] {
  return Array.from({ length: (end - start) / hour }, (_, index) => start + index * hour);
}

/** Returns whether one instant is missing: an oracle that checks the instant independently of others. */
function isMissing(state: CoverageState | null, session: TradingSession, options: GapOptions): boolean {
  if (options.force) return true;
  if (state === null) return !options.retryFailed;
  if (state === 'failed') return true;
  if (state === 'denied') return options.retryDenied;
  if (state === 'empty') return options.retryEmpty;
  if (options.retryFailed) return false;
  if (state === 'provisional') return options.now >= session.close + options.revisionWindow;
  return state === 'missing';
}

function at(coverage: SeriesCoverage, instant: Instant): CoveredWindow | null {
  return coverage.find(({ start, end }) => start <= instant && instant < end) ?? null;
}

/** The missing instants of each session, with the latest window that does not answer them. */
function findGapsNaively(coverage: SeriesCoverage, options: GapOptions) {
  return sessions.flatMap((session) => {
    const span = tradingSpan(session, options.hours);
    const spanTicks = listTicks(span);
    const ticks = spanTicks.filter((tick) => isMissing(at(coverage, tick)?.state ?? null, session, options));
    if (ticks.length === 0) return [];
    const whole = options.force || options.wholeSessions || ticks.length === spanTicks.length;
    const toRetry = ticks.map((tick) => at(coverage, tick)).filter((window) => window !== null);
    const latest = toRetry.sort((a, b) => a.lastRequestedAt - b.lastRequestedAt).at(-1);
    const lost = options.retryFailed
      ? []
      : coverage.filter((window) => window.state === 'missing' && overlaps(window, span));
    const isLost = (tick: Instant): boolean => lost.some(({ start, end }) => start <= tick && tick < end);
    const wanted = listTicks(getDay(session)).filter((tick) => whole || ticks.includes(tick) || isLost(tick));
    return [{ date: session.date, whole, ticks: wanted, latest }];
  });
}

const getDay = ({ dayStart, dayEnd }: TradingSession): Window => ({ start: dayStart, end: dayEnd });

const anyOptions = fc.record({
  force: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  retryFailed: fc.boolean(),
  retryDenied: fc.boolean(),
  retryEmpty: fc.boolean(),
  missing: fc.constant(false),
  confirmation: fc.constant(defaultEmptyConfirmation),
  hours: fc.constantFrom('rth' as const, 'all' as const),
  revisionWindow: fc.integer({ min: 0, max: 100 }).map((hours) => hours * hour),
  wholeSessions: fc.boolean(),
  now: fc.integer({ min: 0, max: 16 * 24 }).map((hours) => monday + hours * hour),
});

describe('session gaps', () => {
  test('are the missing instants that an oracle finds one by one', () => {
    fc.assert(
      fc.property(arbitraryCoverage(monday - day), anyOptions, (coverage, options) => {
        const found = sessionGaps(coverage, sessions, options);
        const seen = found.map((gap) => ({
          date: gap.session.date,
          whole: gap.isWhole,
          ticks: gap.windows.flatMap(listTicks),
        }));
        expect(seen).toEqual(
          findGapsNaively(coverage, options).map(({ date, whole, ticks }) => ({ date, whole, ticks })),
        );
        for (const gap of found) expect(sessions[gap.index]).toBe(gap.session);
      }),
      { numRuns: 500 },
    );
  });

  test('have the latest request as their reason', () => {
    fc.assert(
      fc.property(arbitraryCoverage(monday - day), anyOptions, (coverage, options) => {
        const expected = findGapsNaively(coverage, options).map(({ latest }) => {
          if (options.force) return { kind: 'forced' };
          return latest === undefined
            ? { kind: 'never-requested' }
            : { kind: 'requested-before', state: latest.state, lastRequestedAt: latest.lastRequestedAt };
        });
        expect(sessionGaps(coverage, sessions, options).map(({ reason }) => reason)).toEqual(expected);
      }),
    );
  });

  test('returns only the hole when an hour in the middle of a session is missing', () => {
    const [first] = sessions;
    if (first === undefined) throw new Error('no session');
    const coverage: SeriesCoverage = [
      { start: first.dayStart, end: first.open + hour, state: 'data', lastRequestedAt: 1 },
      { start: first.open + 2 * hour, end: first.dayEnd, state: 'data', lastRequestedAt: 1 },
    ];
    expect(sessionGaps(coverage, [first], defaultOptions)[0]?.windows).toEqual([
      { start: first.open + hour, end: first.open + 2 * hour },
    ]);
    const [daily] = sessionGaps(coverage, [first], { ...defaultOptions, wholeSessions: true });
    expect(daily?.windows).toEqual([getDay(first)]);
  });

  test('include the lost time before the open and behind the close, which nothing else requests', () => {
    const [first, second, third] = sessions;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no session');
    // The rows of one lost answer, from the first bar of a day to the last one of another.
    const lost = { start: first.open, end: second.close - hour };
    const coverage: SeriesCoverage = [
      { start: first.dayStart, end: lost.start, state: 'data', lastRequestedAt: 1 },
      { ...lost, state: 'missing', reason: 'lost', lastRequestedAt: 1 },
      { start: lost.end, end: third.dayEnd, state: 'data', lastRequestedAt: 1 },
    ];
    for (const missing of [false, true]) {
      const gaps = sessionGaps(coverage, [first, second, third], { ...defaultOptions, missing });
      expect(gaps.map(({ windows }) => windows)).toEqual([
        [getDay(first)],
        [{ start: second.dayStart, end: lost.end }],
      ]);
    }
  });

  test('returns no gap for time outside trading hours', () => {
    const coverage = sessions.map(({ open, close }) => ({
      start: open,
      end: close,
      state: 'data' as const,
      lastRequestedAt: 1,
    }));
    expect(sessionGaps(coverage, sessions, defaultOptions)).toEqual([]);
    expect(sessionGaps(coverage, sessions, { ...defaultOptions, hours: 'all' })).toHaveLength(sessions.length);
  });

  test('waits before it requests a session without rows again, and not with --retry-failed or --force', () => {
    const [session] = sessions;
    if (session === undefined) throw new Error('no session');
    const askedAt = monday + 20 * day;
    const coverage: SeriesCoverage = [
      { ...getDay(session), state: 'failed', lastRequestedAt: askedAt, reason: 'no rows', emptyAnswers: 1 },
    ];
    const gapsAt = (now: Instant, more: Partial<GapOptions> = {}): number =>
      sessionGaps(coverage, [session], { ...defaultOptions, ...more, now }).length;
    expect(gapsAt(askedAt + 12 * hour - 1)).toBe(0);
    expect(gapsAt(askedAt + 12 * hour)).toBe(1);
    expect(gapsAt(askedAt, { retryFailed: true })).toBe(1);
    expect(gapsAt(askedAt, { force: true })).toBe(1);
  });

  test('requests a session without rows again as soon as it is final', () => {
    const [session] = sessions;
    if (session === undefined) throw new Error('no session');
    const coverage: SeriesCoverage = [
      { ...getDay(session), state: 'failed', lastRequestedAt: session.close, emptyAnswers: 0 },
    ];
    const gapsAt = (now: Instant): number =>
      sessionGaps(coverage, [session], { ...defaultOptions, revisionWindow: hour, now }).length;
    expect(gapsAt(session.close + hour - 1)).toBe(0);
    expect(gapsAt(session.close + hour)).toBe(1);
  });

  test('names sessions that wait for their next answer as unconfirmed', () => {
    const [first, second] = sessions;
    if (first === undefined || second === undefined) throw new Error('too few sessions');
    const coverage: SeriesCoverage = [
      { ...getDay(first), state: 'data', lastRequestedAt: 1 },
      { ...getDay(second), state: 'failed', lastRequestedAt: defaultOptions.now - hour, emptyAnswers: 2 },
    ];
    const wanted = [first, second];
    const gaps = sessionGaps(coverage, wanted, defaultOptions);
    expect(gaps).toEqual([]);
    expect([...findAbsentSessions(coverage, wanted, gaps, defaultOptions)]).toEqual([['unconfirmed', [second.date]]]);
  });

  test('copies the message of the provider into the reason', () => {
    const coverage: SeriesCoverage = [
      { start: monday, end: monday + day, state: 'failed', lastRequestedAt: 5, reason: 'connection lost' },
    ];
    expect(sessionGaps(coverage, sessions.slice(0, 1), defaultOptions)[0]?.reason).toEqual({
      kind: 'requested-before',
      state: 'failed',
      lastRequestedAt: 5,
      reason: 'connection lost',
    });
  });
});

describe('joined gaps', () => {
  const never: SeriesCoverage = [];

  test('span nights, weekends and holidays when all sessions are missing', () => {
    expect(joinGaps(sessionGaps(never, sessions, defaultOptions))).toEqual([
      { window: { start: sessions[0]?.dayStart, end: sessions.at(-1)?.dayEnd }, reason: { kind: 'never-requested' } },
    ]);
  });

  test('end at a stored session, at a partly stored session, and where the reason changes', () => {
    const [first, second, third, fourth] = sessions;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
      throw new Error('too few sessions');
    }
    const coverage: SeriesCoverage = [
      { ...getDay(second), state: 'data', lastRequestedAt: 1 },
      { ...getDay(fourth), state: 'failed', lastRequestedAt: 2 },
    ];
    const windows = joinGaps(sessionGaps(coverage, sessions, defaultOptions)).map(({ window }) => window);
    expect(windows).toEqual([
      getDay(first),
      getDay(third),
      getDay(fourth),
      { start: sessions[4]?.dayStart, end: sessions.at(-1)?.dayEnd },
    ]);
  });

  test('have the instants of their sessions, apart from the time between sessions', () => {
    fc.assert(
      fc.property(arbitraryCoverage(monday - day), anyOptions, (coverage, options) => {
        const gaps = sessionGaps(coverage, sessions, options);
        const joined = joinGaps(gaps);
        const apart = gaps.flatMap(({ windows }) => windows.flatMap(listTicks));
        const inSessions = joined
          .flatMap(({ window }) => listTicks(window))
          .filter((tick) => isTradingDay(Math.floor(tick / day)));
        expect(inSessions).toEqual(apart);
      }),
    );
  });
});
