import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { noEmptyConfirmation } from '../../../src/core/empty-confirmation.js';
import type { TradingHours } from '../../../src/core/tables/bars.js';
import { day, toDayNumber, hour } from '../../../src/core/time/time.js';
import type { Duration, Instant } from '../../../src/core/time/time.js';
import { intersect, normalize, subtract, totalLength } from '../../../src/core/time/window.js';
import type { Windows } from '../../../src/core/time/window.js';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { batchGaps } from '../../../src/plan/gaps/batch-gaps.js';
import { joinGaps, sessionGaps } from '../../../src/plan/gaps/session-gaps.js';
import type { SessionGap } from '../../../src/plan/gaps/session-gaps.js';
import { tradingSpan } from '../../../src/plan/gaps/wanted-sessions.js';
import { arbitraryCoverage } from '../../fixtures/arbitrary-coverage.js';
import { createPlainCalendar } from '../../fixtures/plain-calendar.js';

const start = Date.parse('2026-11-16T00:00:00Z');
const sessions = createPlainCalendar((number) => (number - start / day) % 7 < 5).sessions('2026-11-16', '2026-12-12');

const rules = {
  force: false,
  retryFailed: false,
  retryDenied: false,
  retryEmpty: false,
  missing: false,
  confirmation: noEmptyConfirmation,
  revisionWindow: 0,
  now: start + 60 * day,
};

const anyGaps = fc
  .record({
    coverage: arbitraryCoverage(start),
    hours: fc.constantFrom<TradingHours>('rth', 'all'),
    wholeSessions: fc.boolean(),
  })
  .map(({ coverage, hours, wholeSessions }) => ({
    hours,
    gaps: sessionGaps(coverage, sessions, { ...rules, hours, wholeSessions }),
  }));

/** The windows of a gap that may have bars: batches have to close all of them. */
function findMissingWindows(gap: SessionGap, hours: TradingHours): Windows {
  return gap.isWhole ? [tradingSpan(gap.session, hours)] : gap.windows;
}

/** The smallest number of runs of points that fit the limit, by exhaustive search. */
function countMinRuns<Point>(points: readonly Point[], fits: (first: Point, last: Point) => boolean): number {
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

function listTicks(windows: Windows): readonly Instant[] {
  return windows.flatMap((window) =>
    Array.from({ length: (window.end - window.start) / hour }, (_, index) => window.start + index * hour),
  );
}

function checkBatches(gaps: readonly SessionGap[], hours: TradingHours, maxWindow: Duration): void {
  const batches = batchGaps(gaps, maxWindow, hours);
  const closedWindows = batches.flatMap(({ closes }) => closes);
  // Disjoint, in order, in whole windows: normalizing joins only the adjacent ends of neighbouring batches.
  expect(totalLength(normalize(closedWindows))).toBe(totalLength(closedWindows));
  for (const { window, closes } of batches) {
    expect(normalize(closes)).toEqual(closes);
    expect(closes[0]?.start).toBe(window.start);
    expect(closes.at(-1)?.end).toBe(window.end);
  }
  const missing = normalize(gaps.flatMap((gap) => findMissingWindows(gap, hours)));
  expect(subtract(missing, normalize(closedWindows))).toEqual([]);
  const reported = normalize(
    joinGaps(gaps.map((gap) => ({ ...gap, reason: { kind: 'forced' } }))).map((gap) => gap.window),
  );
  expect(subtract(normalize(closedWindows), reported)).toEqual([]);
}

describe('batches by dates', () => {
  const anyDays = fc.integer({ min: 1, max: 15 });

  test('close every gap, no stored data, and each instant once', () => {
    fc.assert(fc.property(anyGaps, anyDays, ({ gaps, hours }, days) => checkBatches(gaps, hours, days * day)));
  });

  test('do not exceed the limit of dates', () => {
    fc.assert(
      fc.property(anyGaps, anyDays, ({ gaps, hours }, days) => {
        for (const { window } of batchGaps(gaps, days * day, hours)) {
          expect(Math.floor((window.end - 1) / day) - Math.floor(window.start / day)).toBeLessThan(days);
        }
      }),
    );
  });

  test('have the minimum number that an exhaustive search finds', () => {
    fc.assert(
      fc.property(anyGaps, anyDays, ({ gaps, hours }, days) => {
        const dates = gaps.map(({ session }) => toDayNumber(session.date));
        const minCount = countMinRuns(dates, (first, last) => last - first < days);
        expect(batchGaps(gaps, days * day, hours)).toHaveLength(minCount);
      }),
      { numRuns: 300 },
    );
  });

  test('count dates in the time zone of the exchange on days of 23 and 25 hours', () => {
    const calendar = getCalendar('XNYS');
    const autumn = calendar?.sessions('2026-10-26', '2026-11-07') ?? [];
    const spring = calendar?.sessions('2026-03-02', '2026-03-14') ?? [];
    for (const fortnight of [autumn, spring]) {
      const gaps = sessionGaps([], fortnight, { ...rules, hours: 'rth', wholeSessions: true });
      expect(batchGaps(gaps, 12 * day, 'rth')).toHaveLength(1);
      expect(batchGaps(gaps, 11 * day, 'rth')).toHaveLength(2);
      expect(batchGaps(gaps, 5 * day, 'rth')).toHaveLength(2);
      expect(batchGaps(gaps, day, 'rth')).toHaveLength(10);
    }
  });

  test('is one request that spans stored data between two gaps and closes only the gaps', () => {
    const [first, second, third] = sessions;
    if (first === undefined || second === undefined || third === undefined) throw new Error('too few sessions');
    const stored = [{ start: second.dayStart, end: second.dayEnd, state: 'data' as const, lastRequestedAt: 1 }];
    const gaps = sessionGaps(stored, [first, second, third], { ...rules, hours: 'rth', wholeSessions: true });
    expect(batchGaps(gaps, 30 * day, 'rth')).toEqual([
      {
        window: { start: first.dayStart, end: third.dayEnd },
        closes: [
          { start: first.dayStart, end: first.dayEnd },
          { start: third.dayStart, end: third.dayEnd },
        ],
      },
    ]);
  });
});

describe('batches within sessions', () => {
  const anyLength = fc.integer({ min: 1, max: 23 }).map((hours) => hours * hour);

  test('close every missing part of the trading hours, no other time, and each instant once', () => {
    fc.assert(
      fc.property(anyGaps, anyLength, ({ gaps, hours }, maxWindow) => {
        checkBatches(gaps, hours, maxWindow);
        const closedWindows = batchGaps(gaps, maxWindow, hours).flatMap(({ closes }) => closes);
        expect(normalize(closedWindows)).toEqual(normalize(gaps.flatMap((gap) => findMissingWindows(gap, hours))));
      }),
    );
  });

  test('do not exceed the limit or a session', () => {
    fc.assert(
      fc.property(anyGaps, anyLength, ({ gaps, hours }, maxWindow) => {
        for (const { window } of batchGaps(gaps, maxWindow, hours)) {
          expect(window.end - window.start).toBeLessThanOrEqual(maxWindow);
          expect(
            sessions.filter((session) => intersect([tradingSpan(session, hours)], [window]).length > 0),
          ).toHaveLength(1);
        }
      }),
    );
  });

  test('have the minimum number per session that an exhaustive search finds', () => {
    fc.assert(
      fc.property(anyGaps, anyLength, ({ gaps, hours }, maxWindow) => {
        const minCount = gaps.map((gap) =>
          countMinRuns(listTicks(findMissingWindows(gap, hours)), (first, last) => last + hour - first <= maxWindow),
        );
        expect(batchGaps(gaps, maxWindow, hours)).toHaveLength(minCount.reduce((sum, count) => sum + count, 0));
      }),
      { numRuns: 300 },
    );
  });

  test('split a session of six and a half hours by the limit of the provider', () => {
    const [session] = getCalendar('XNYS')?.sessions('2026-11-20', '2026-11-21') ?? [];
    if (session === undefined) throw new Error('no session');
    const gaps = sessionGaps([], [session], { ...rules, hours: 'rth', wholeSessions: false });
    const windows = batchGaps(gaps, 2 * hour, 'rth').map(({ window }) => [
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
