import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Hours } from '../../src/core/bars.js';
import { day, dayNumber, hour } from '../../src/core/time.js';
import type { Duration, Instant } from '../../src/core/time.js';
import { intersect, normalize, subtract, totalLength } from '../../src/core/window.js';
import type { Windows } from '../../src/core/window.js';
import { calendarOf } from '../../src/calendar/calendars.js';
import { cutGaps } from '../../src/plan/cut.js';
import { joinGaps, sessionGaps } from '../../src/plan/gaps.js';
import type { SessionGap } from '../../src/plan/gaps.js';
import { tradingSpan } from '../../src/plan/wanted.js';
import { arbitraryCoverage } from '../fixtures/arbitrary-coverage.js';
import { plainCalendar } from '../fixtures/plain-calendar.js';

const start = Date.parse('2026-11-16T00:00:00Z');
const sessions = plainCalendar((number) => (number - start / day) % 7 < 5).sessions('2026-11-16', '2026-12-12');

const rules = { force: false, retryFailed: false, retryDenied: false, settle: 0, now: start + 60 * day };

const anyGaps = fc
  .record({
    coverage: arbitraryCoverage(start),
    hours: fc.constantFrom<Hours>('rth', 'all'),
    wholeSessions: fc.boolean(),
  })
  .map(({ coverage, hours, wholeSessions }) => ({
    hours,
    gaps: sessionGaps(coverage, sessions, { ...rules, hours, wholeSessions }),
  }));

/** Where bars may be missing, in a session: what has to be settled, whatever the cuts. */
function missingIn(gap: SessionGap, hours: Hours): Windows {
  return gap.whole ? [tradingSpan(gap.session, hours)] : gap.windows;
}

/** The fewest runs of points such that each fits the limit: tries every place to part them. */
function fewestRuns<Point>(points: readonly Point[], fits: (first: Point, last: Point) => boolean): number {
  const best: number[] = Array.from({ length: points.length + 1 }, () => Infinity);
  best[points.length] = 0;
  for (let from = points.length - 1; from >= 0; from--) {
    for (let to = from; to < points.length; to++) {
      const first = points[from];
      const last = points[to];
      if (first === undefined || last === undefined || !fits(first, last)) continue;
      best[from] = Math.min(best[from] ?? Infinity, 1 + (best[to + 1] ?? Infinity));
    }
  }
  return best[0] ?? 0;
}

function ticksOf(windows: Windows): readonly Instant[] {
  return windows.flatMap((window) =>
    Array.from({ length: (window.end - window.start) / hour }, (_, index) => window.start + index * hour),
  );
}

function checkSound(gaps: readonly SessionGap[], hours: Hours, longest: Duration): void {
  const cuts = cutGaps(gaps, longest, hours);
  const settled = cuts.flatMap(({ settles }) => settles);
  // Disjoint, in order, in whole windows: normalizing leaves only the touching ends of neighbouring cuts to join.
  expect(totalLength(normalize(settled))).toBe(totalLength(settled));
  for (const { window, settles } of cuts) {
    expect(normalize(settles)).toEqual(settles);
    expect(settles[0]?.start).toBe(window.start);
    expect(settles.at(-1)?.end).toBe(window.end);
  }
  const missing = normalize(gaps.flatMap((gap) => missingIn(gap, hours)));
  expect(subtract(missing, normalize(settled))).toEqual([]);
  const shown = normalize(
    joinGaps(gaps.map((gap) => ({ ...gap, reason: { kind: 'forced' } }))).map((gap) => gap.window),
  );
  expect(subtract(normalize(settled), shown)).toEqual([]);
}

describe('cuts by dates', () => {
  const anyDays = fc.integer({ min: 1, max: 15 });

  test('settle every gap and nothing but gaps, each instant once', () => {
    fc.assert(fc.property(anyGaps, anyDays, ({ gaps, hours }, days) => checkSound(gaps, hours, days * day)));
  });

  test('keep within the limit of dates', () => {
    fc.assert(
      fc.property(anyGaps, anyDays, ({ gaps, hours }, days) => {
        for (const { window } of cutGaps(gaps, days * day, hours)) {
          expect(Math.floor((window.end - 1) / day) - Math.floor(window.start / day)).toBeLessThan(days);
        }
      }),
    );
  });

  test('are as few as any way of parting the gaps', () => {
    fc.assert(
      fc.property(anyGaps, anyDays, ({ gaps, hours }, days) => {
        const dates = gaps.map(({ session }) => dayNumber(session.date));
        const fewest = fewestRuns(dates, (first, last) => last - first < days);
        expect(cutGaps(gaps, days * day, hours)).toHaveLength(fewest);
      }),
      { numRuns: 300 },
    );
  });

  test('a limit counts dates in the zone of the exchange, on days of 23 and 25 hours too', () => {
    const calendar = calendarOf('XNYS');
    const autumn = calendar?.sessions('2026-10-26', '2026-11-07') ?? [];
    const spring = calendar?.sessions('2026-03-02', '2026-03-14') ?? [];
    for (const fortnight of [autumn, spring]) {
      const gaps = sessionGaps([], fortnight, { ...rules, hours: 'rth', wholeSessions: true });
      expect(cutGaps(gaps, 12 * day, 'rth')).toHaveLength(1);
      expect(cutGaps(gaps, 11 * day, 'rth')).toHaveLength(2);
      expect(cutGaps(gaps, 5 * day, 'rth')).toHaveLength(2);
      expect(cutGaps(gaps, day, 'rth')).toHaveLength(10);
    }
  });

  test('one request spans what is held between two gaps, and settles the gaps only', () => {
    const [first, second, third] = sessions;
    if (first === undefined || second === undefined || third === undefined) throw new Error('too few sessions');
    const held = [{ start: second.dayStart, end: second.dayEnd, state: 'data' as const, at: 1 }];
    const gaps = sessionGaps(held, [first, second, third], { ...rules, hours: 'rth', wholeSessions: true });
    expect(cutGaps(gaps, 30 * day, 'rth')).toEqual([
      {
        window: { start: first.dayStart, end: third.dayEnd },
        settles: [
          { start: first.dayStart, end: first.dayEnd },
          { start: third.dayStart, end: third.dayEnd },
        ],
      },
    ]);
  });
});

describe('cuts within sessions', () => {
  const anyLength = fc.integer({ min: 1, max: 23 }).map((hours) => hours * hour);

  test('settle every missing part of the trading hours and nothing else, each instant once', () => {
    fc.assert(
      fc.property(anyGaps, anyLength, ({ gaps, hours }, longest) => {
        checkSound(gaps, hours, longest);
        const settled = cutGaps(gaps, longest, hours).flatMap(({ settles }) => settles);
        expect(normalize(settled)).toEqual(normalize(gaps.flatMap((gap) => missingIn(gap, hours))));
      }),
    );
  });

  test('keep within the limit and within one session', () => {
    fc.assert(
      fc.property(anyGaps, anyLength, ({ gaps, hours }, longest) => {
        for (const { window } of cutGaps(gaps, longest, hours)) {
          expect(window.end - window.start).toBeLessThanOrEqual(longest);
          expect(
            sessions.filter((session) => intersect([tradingSpan(session, hours)], [window]).length > 0),
          ).toHaveLength(1);
        }
      }),
    );
  });

  test('are as few as any way of parting the missing hours of each session', () => {
    fc.assert(
      fc.property(anyGaps, anyLength, ({ gaps, hours }, longest) => {
        const fewest = gaps.map((gap) =>
          fewestRuns(ticksOf(missingIn(gap, hours)), (first, last) => last + hour - first <= longest),
        );
        expect(cutGaps(gaps, longest, hours)).toHaveLength(fewest.reduce((sum, count) => sum + count, 0));
      }),
      { numRuns: 300 },
    );
  });

  test('cut a session of six hours and a half as its source allows', () => {
    const [session] = calendarOf('XNYS')?.sessions('2026-11-20', '2026-11-21') ?? [];
    if (session === undefined) throw new Error('no session');
    const gaps = sessionGaps([], [session], { ...rules, hours: 'rth', wholeSessions: false });
    const windows = cutGaps(gaps, 2 * hour, 'rth').map(({ window }) => [
      (window.start - session.open) / hour,
      (window.end - session.open) / hour,
    ]);
    expect(windows).toEqual([
      [0, 2],
      [2, 4],
      [4, 6],
      [6, 6.5],
    ]);
  });
});
