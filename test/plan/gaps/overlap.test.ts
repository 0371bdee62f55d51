import { describe, expect, test } from 'vitest';

import { getCalendar } from '../../../src/calendar/calendars.js';
import { noEmptyConfirmation } from '../../../src/core/empty-confirmation.js';
import type { CoveredWindow, SeriesCoverage } from '../../../src/core/coverage.js';
import { day, hour } from '../../../src/core/time/time.js';
import type { Duration } from '../../../src/core/time/time.js';
import { batchGaps } from '../../../src/plan/gaps/batch-gaps.js';
import type { RequestBatch } from '../../../src/plan/gaps/batch-gaps.js';
import { addOverlap } from '../../../src/plan/gaps/overlap.js';
import { sessionGaps } from '../../../src/plan/gaps/session-gaps.js';

const found = getCalendar('XNYS');
if (found === undefined) throw new Error('New York has a calendar');
const calendar = found;
const sessions = calendar.sessions('2026-11-16', '2026-12-01');

const covered = (from: string, to: string, state: CoveredWindow['state'] = 'data'): CoveredWindow => ({
  start: calendar.startOf(from),
  end: calendar.startOf(to),
  state,
  lastRequestedAt: calendar.startOf(to),
});

function plan(
  coverage: SeriesCoverage,
  maxWindow: Duration,
  overlap = 1,
  wholeSessions = true,
): readonly RequestBatch[] {
  const options = {
    ...{ force: false, retryFailed: false, retryDenied: false, retryEmpty: false, missing: false },
    ...({ hours: 'rth', wholeSessions, revisionWindow: 0, confirmation: noEmptyConfirmation } as const),
    now: calendar.startOf('2026-12-01'),
  };
  const gaps = sessionGaps(coverage, sessions, options);
  const rules = { sessions: overlap, maxWindow, hours: 'rth', calendar } as const;
  return addOverlap(batchGaps(gaps, maxWindow, 'rth'), gaps, coverage, rules);
}

const date = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
const show = (batches: readonly RequestBatch[]): readonly string[] =>
  batches.map(({ window, closes, compares = [], purpose }) => {
    const spans = (windows: RequestBatch['closes']): string =>
      windows.map(({ start, end }) => `${date(start)}/${date(end)}`).join(' ');
    return `${spans([window])} closes ${spans(closes)} compares ${spans(compares)}${purpose === undefined ? '' : ` (${purpose})`}`;
  });

describe('the final sessions that a request compares again', () => {
  test('extend the request for the newest session by the last final one before it', () => {
    expect(show(plan([covered('2026-11-16', '2026-11-30')], 366 * day))).toEqual([
      '2026-11-27/2026-12-01 closes 2026-11-30/2026-12-01 compares 2026-11-27/2026-11-28',
    ]);
  });

  test('are as many as the pipeline says', () => {
    expect(show(plan([covered('2026-11-16', '2026-11-30')], 366 * day, 3))).toEqual([
      '2026-11-24/2026-12-01 closes 2026-11-30/2026-12-01 compares 2026-11-24/2026-11-28',
    ]);
  });

  test('have a request of their own if one may not span both', () => {
    expect(show(plan([covered('2026-11-16', '2026-11-30')], day))).toEqual([
      '2026-11-30/2026-12-01 closes 2026-11-30/2026-12-01 compares ',
      '2026-11-27/2026-11-28 closes  compares 2026-11-27/2026-11-28 (comparison)',
    ]);
    const [first, last] = plan([covered('2026-11-16', '2026-11-30')], hour, 1, false).toReversed();
    expect(first?.window.end).toBe((first?.window.start ?? NaN) + hour);
    expect(last?.compares).toBeUndefined();
  });

  test('are never provisional', () => {
    const coverage = [covered('2026-11-16', '2026-11-25'), covered('2026-11-25', '2026-11-30', 'provisional')];
    expect(show(plan(coverage, 366 * day))).toEqual([
      '2026-11-24/2026-12-01 closes 2026-11-25/2026-12-01 compares 2026-11-24/2026-11-25',
    ]);
  });

  test('follow a gap that has none before it', () => {
    expect(show(plan([covered('2026-11-17', '2026-12-01')], 366 * day))).toEqual([
      '2026-11-16/2026-11-18 closes 2026-11-16/2026-11-17 compares 2026-11-17/2026-11-18',
    ]);
  });

  test.each([
    ['nothing is requested', [covered('2026-11-16', '2026-12-01')], 1, 0],
    ['nothing is stored', [], 1, 1],
    ['the pipeline wants none', [covered('2026-11-16', '2026-11-30')], 0, 1],
  ] as const)('are none if %s', (_, coverage, overlap, requests) => {
    const batches = plan(coverage, 366 * day, overlap);
    expect(batches).toHaveLength(requests);
    expect(batches.filter(({ compares }) => compares !== undefined)).toEqual([]);
  });
});
