import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { noEmptyConfirmation } from '../../src/core/empty-confirmation.js';
import type { ClosedWindow } from '../../src/core/fetch-result.js';
import type { Failure } from '../../src/core/failure.js';
import type { FetchOutcome, Request } from '../../src/core/request.js';
import { day, hour } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import { intersect, normalize, subtract, totalLength } from '../../src/core/time/window.js';
import type { Window, Windows } from '../../src/core/time/window.js';
import { equitySeries, pointSeries } from '../../src/plan/tasks/step-series.js';
import { getRowTimes } from '../../src/run/select-rows.js';
import { resolveOutcome } from '../../src/run/resolve-outcome.js';
import type { Resolution } from '../../src/run/resolve-outcome.js';
import { createChainsStep, createEquityStep, createInstrument } from '../fixtures/pipelines.js';
import { createPlainCalendar } from '../fixtures/plain-calendar.js';
import { createBarRows, createChain, createChainRows } from '../fixtures/rows.js';

const monday = Date.parse('2026-11-16T00:00:00Z');
const calendar = createPlainCalendar((number) => (number - monday / day) % 7 < 5);
const series = equitySeries(createEquityStep(), createInstrument('AAPL'), '1 hour');
const answeredAt = monday + 30 * day;
const options = { calendar, revisionWindow: 4 * hour, confirmation: noEmptyConfirmation, earlier: [], answeredAt };

/** Days from the Monday on, parts of days as fractions. */
function days(from: number, to: number): Window {
  return { start: monday + from * day, end: monday + to * day };
}

function createRequest(...closes: readonly Window[]): Request {
  const start = closes[0]?.start ?? 0;
  const end = closes.at(-1)?.end ?? 0;
  return { series, window: { start, end }, closes };
}

function bars(hours: readonly number[], answered: Window | null): FetchOutcome {
  const times = hours.map((at) => monday + at * hour);
  return { kind: 'rows', rows: createBarRows('equity_bars', times), answeredWindow: answered };
}

function withGap(outcome: FetchOutcome, window: Window): FetchOutcome {
  return outcome.kind === 'rows' ? { ...outcome, gaps: [{ window, reason: 'impossible prices' }] } : outcome;
}

function failWith(failure: Failure): FetchOutcome {
  return { kind: 'failure', failure };
}

/** `data 2 0-1`: state, rows, and the days from the Monday on. */
function describeWindows({ closedWindows }: Resolution): readonly string[] {
  return closedWindows.map(({ window, state, rows, reason }) => {
    const span = `${(window.start - monday) / day}-${(window.end - monday) / day}`;
    return `${state} ${rows} ${span}${reason === undefined ? '' : ` ${reason}`}`;
  });
}

describe('the resolution of a span', () => {
  const week = createRequest(days(0, 5));
  const table: readonly (readonly [string, Request, FetchOutcome, readonly string[], number])[] = [
    ['a full answer', createRequest(days(0, 2)), bars([10, 34], days(0, 2)), ['data 2 0-2'], 2],
    ['an empty answer', week, { kind: 'empty' }, ['empty 0 0-5'], 0],
    ['no rows in an answer', week, bars([], days(0, 5)), ['empty 0 0-5'], 0],
    [
      'a session without rows among others',
      createRequest(days(0, 3)),
      bars([10, 58, 59], days(0, 3)),
      ['data 1 0-1', 'empty 0 1-2', 'data 2 2-3'],
      3,
    ],
    [
      'an answer truncated at its end',
      createRequest(days(0, 3)),
      bars([10, 34], days(0, 2)),
      ['data 2 0-2', 'failed 0 2-3 the response was truncated'],
      2,
    ],
    [
      'an answer truncated at its start',
      createRequest(days(0, 3)),
      bars([34, 58], days(1, 3)),
      ['data 2 1-3', 'failed 0 0-1 the response was truncated'],
      2,
    ],
    [
      'an answer truncated within a session',
      createRequest(days(0, 1)),
      bars([10, 11], days(0, 0.5)),
      ['data 2 0-0.5', 'failed 0 0.5-1 the response was truncated'],
      2,
    ],
    [
      'an answer with impossible values within a session',
      createRequest(days(0, 2)),
      withGap(bars([10, 12, 34], days(0, 2)), { start: monday + 11 * hour, end: monday + 12 * hour }),
      ['data 1 0-0.4583333333333333', 'data 2 0.5-2', 'failed 0 0.4583333333333333-0.5 impossible prices'],
      3,
    ],
    [
      'an answer that ends with the trading hours',
      createRequest(days(0, 1)),
      bars([10], days(0, 16 / 24)),
      ['data 1 0-1'],
      1,
    ],
    [
      'an answer that starts with the trading hours',
      createRequest(days(0, 1)),
      bars([10], days(10 / 24, 1)),
      ['data 1 0-1'],
      1,
    ],
    [
      'an answer without an answered window',
      createRequest(days(0, 1)),
      bars([], null),
      ['failed 0 0-1 the response was truncated'],
      0,
    ],
    [
      'an answer for more than was requested',
      createRequest(days(1, 2)),
      bars([10, 34, 58], days(0, 3)),
      ['data 1 1-2'],
      1,
    ],
    [
      'rows between two gaps that are in the lake',
      createRequest(days(0, 1), days(2, 3)),
      bars([10, 34, 58], days(0, 3)),
      ['data 1 0-1', 'data 1 2-3'],
      2,
    ],
    [
      'a weekend belongs to the session before it',
      createRequest(days(4, 8)),
      bars([106], days(4, 8)),
      ['data 1 4-7', 'empty 0 7-8'],
      1,
    ],
    ['a window without any session', createRequest(days(5, 7)), { kind: 'empty' }, ['empty 0 5-7'], 0],
    ['retryable', week, failWith({ kind: 'retryable', message: 'timeout' }), ['failed 0 0-5 timeout'], 0],
    ['pacing', week, failWith({ kind: 'pacing', message: 'too fast' }), ['failed 0 0-5 too fast'], 0],
    ['invalid', week, failWith({ kind: 'invalid', message: 'what?' }), ['failed 0 0-5 what?'], 0],
    ['fatal', week, failWith({ kind: 'fatal', message: 'gone' }), ['failed 0 0-5 gone'], 0],
    ['denied', week, failWith({ kind: 'denied', message: 'no permission' }), ['denied 0 0-5 no permission'], 0],
    ['unavailable', week, failWith({ kind: 'unavailable', message: 'expired' }), ['unavailable 0 0-5 expired'], 0],
    [
      'a failure of two gaps with stored data between',
      createRequest(days(0, 1), days(2, 3)),
      failWith({ kind: 'retryable', message: 'timeout' }),
      ['failed 0 0-1 timeout', 'failed 0 2-3 timeout'],
      0,
    ],
  ];

  test.each(table)('closes the windows of %s', (_, request, outcome, expected, rows) => {
    const resolution = resolveOutcome(request, outcome, options);
    expect(describeWindows(resolution)).toEqual(expected);
    expect(resolution.rows?.length ?? 0).toBe(rows);
  });

  test('requires the night too with hours "all"', () => {
    const round = {
      ...createRequest(days(0, 1)),
      series: equitySeries(createEquityStep({ hours: 'all' }), createInstrument('AAPL'), '1 hour'),
    };
    expect(describeWindows(resolveOutcome(round, bars([10], days(0, 0.75)), options))).toEqual([
      'data 1 0-0.75',
      'failed 0 0.75-1 the response was truncated',
    ]);
  });

  test('is provisional until the end of the revision window, with and without rows', () => {
    const request = createRequest(days(0, 3));
    const answer = bars([10, 58], days(0, 3));
    const closeOfWednesday = monday + 2 * day + 16 * hour;
    const at = (after: number): readonly string[] =>
      describeWindows(resolveOutcome(request, answer, { ...options, answeredAt: closeOfWednesday + after }));
    expect(at(4 * hour)).toEqual(['data 1 0-1', 'empty 0 1-2', 'data 1 2-3']);
    expect(at(4 * hour - 1)).toEqual(['data 1 0-1', 'empty 0 1-2', 'provisional 1 2-3']);
    expect(at(4 * hour - day)).toEqual(['data 1 0-1', 'empty 0 1-2', 'provisional 1 2-3']);
    expect(at(4 * hour - day - 1)).toEqual(['data 1 0-1', 'provisional 1 1-3']);
    expect(
      describeWindows(resolveOutcome(request, { kind: 'empty' }, { ...options, answeredAt: closeOfWednesday })),
    ).toEqual(['empty 0 0-2', 'provisional 0 2-3']);
  });

  test('is failed, not provisional, for a failure within the revision window', () => {
    const early = { ...options, answeredAt: monday };
    expect(describeWindows(resolveOutcome(week, failWith({ kind: 'unavailable', message: 'expired' }), early))).toEqual(
      ['unavailable 0 0-5 expired'],
    );
  });
});

describe('the resolution of a point', () => {
  const request: Request = {
    series: pointSeries(createChainsStep(), createInstrument('AAPL')),
    window: null,
    closes: [],
  };
  const rows = createChainRows(createChain(['2026-12-18'], [100, 110]));
  const now = { start: answeredAt, end: answeredAt + 1 };
  const table: readonly (readonly [string, FetchOutcome, ClosedWindow, number])[] = [
    ['rows', { kind: 'rows', rows, answeredWindow: null }, { window: now, state: 'data', rows: 4 }, 4],
    [
      'no rows',
      { kind: 'rows', rows: createChainRows([]), answeredWindow: null },
      { window: now, state: 'empty', rows: 0, emptyAnswers: 1 },
      0,
    ],
    ['empty', { kind: 'empty' }, { window: now, state: 'empty', rows: 0, emptyAnswers: 1 }, 0],
    [
      'retryable',
      failWith({ kind: 'retryable', message: 'x' }),
      { window: now, state: 'failed', rows: 0, reason: 'x' },
      0,
    ],
    ['invalid', failWith({ kind: 'invalid', message: 'x' }), { window: now, state: 'failed', rows: 0, reason: 'x' }, 0],
    ['denied', failWith({ kind: 'denied', message: 'x' }), { window: now, state: 'denied', rows: 0, reason: 'x' }, 0],
    [
      'unavailable',
      failWith({ kind: 'unavailable', message: 'x' }),
      { window: now, state: 'unavailable', rows: 0, reason: 'x' },
      0,
    ],
  ];

  test.each(table)('closes the window of %s', (_, outcome, expected, keptTimes) => {
    const resolution = resolveOutcome(request, outcome, options);
    expect(resolution.closedWindows).toEqual([expected]);
    expect(resolution.rows?.length ?? 0).toBe(keptTimes);
  });
});

describe('the resolution of any outcome', () => {
  const sessions = calendar.sessions('2026-11-16', '2026-11-28');
  const anyHours = fc.uniqueArray(fc.integer({ min: 0, max: 12 * 24 }), { minLength: 2, maxLength: 9 });
  const anyClosed = anyHours
    .map((edges) => edges.sort((a, b) => a - b))
    .map((edges) =>
      normalize(
        edges.flatMap((edge, index) => {
          const end = edges[index + 1];
          return index % 2 === 0 && end !== undefined
            ? [{ start: monday + edge * hour, end: monday + end * hour }]
            : [];
        }),
      ),
    );
  const anyAnswered = fc.option(
    fc.tuple(fc.integer({ min: 0, max: 12 * 24 }), fc.integer({ min: 0, max: 12 * 24 })).map(([a, b]) => ({
      start: monday + Math.min(a, b) * hour,
      end: monday + (Math.max(a, b) + 1) * hour,
    })),
  );
  const inSessions = (tick: Instant): boolean => sessions.some((it) => tick >= it.dayStart && tick < it.dayEnd);
  const anyTimes = fc.uniqueArray(fc.integer({ min: 0, max: 12 * 24 }), { maxLength: 60 }).map((hours) =>
    hours
      .sort((a, b) => a - b)
      .map((at) => monday + at * hour)
      .filter(inSessions),
  );
  const kinds = ['retryable', 'pacing', 'denied', 'unavailable', 'invalid', 'fatal'] as const;
  const anyOutcome: fc.Arbitrary<FetchOutcome> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(anyTimes, anyAnswered).map(([times, answered]): FetchOutcome => ({
        kind: 'rows',
        rows: createBarRows('equity_bars', times),
        answeredWindow: answered,
      })),
    },
    { weight: 1, arbitrary: fc.constant<FetchOutcome>({ kind: 'empty' }) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...kinds)
        .map((kind): FetchOutcome => ({ kind: 'failure', failure: { kind, message: 'x' } })),
    },
  );
  const anyRules = fc.record({
    revisionWindow: fc.integer({ min: 0, max: 48 }).map((hours) => hours * hour),
    answeredAt: fc.integer({ min: 0, max: 14 * 24 }).map((hours) => monday + hours * hour),
  });

  const isTraded = (tick: Instant): boolean => sessions.some(({ open, close }) => tick >= open && tick < close);

  /** The answered windows: those of the outcome, and remainders without trading hours. */
  function findAnswered(outcome: FetchOutcome, closes: Windows): Windows {
    if (outcome.kind === 'failure') return [];
    if (outcome.kind === 'empty') return closes;
    const left = subtract(closes, outcome.answeredWindow === null ? [] : [outcome.answeredWindow]);
    return subtract(
      closes,
      left.filter(({ start, end }) => {
        for (let tick = start; tick < end; tick += hour) if (isTraded(tick)) return true;
        return false;
      }),
    );
  }

  test('closes exactly the requested windows, each instant once, and counts every kept row', () => {
    fc.assert(
      fc.property(anyClosed, anyOutcome, anyRules, (closes, outcome, when) => {
        const { closedWindows, rows } = resolveOutcome(createRequest(...closes), outcome, { ...options, ...when });
        const windows = closedWindows.map(({ window }) => window);
        expect(normalize(windows)).toEqual(closes);
        expect(totalLength(windows)).toBe(totalLength(closes));

        const keptTimes = rows === null ? [] : [...getRowTimes(rows)];
        for (const { window, rows: count } of closedWindows) {
          expect(count).toBe(keptTimes.filter((time) => time >= window.start && time < window.end).length);
        }
        expect(closedWindows.reduce((sum, { rows: count }) => sum + count, 0)).toBe(keptTimes.length);
        if (rows !== null) expect(rows.length).toBe(keptTimes.length);

        const givenTimes = outcome.kind === 'rows' ? [...getRowTimes(outcome.rows)] : [];
        const answered = findAnswered(outcome, closes);
        const inside = givenTimes.filter((time) => answered.some(({ start, end }) => time >= start && time < end));
        expect(keptTimes).toEqual(inside);
      }),
      { numRuns: 400 },
    );
  });

  test('assigns the same state to each instant as an oracle', () => {
    fc.assert(
      fc.property(anyClosed, anyOutcome, anyRules, (closes, outcome, when) => {
        const { closedWindows, rows } = resolveOutcome(createRequest(...closes), outcome, { ...options, ...when });
        const answered = findAnswered(outcome, closes);
        const keptTimes = rows === null ? [] : [...getRowTimes(rows)];
        for (const { window, state } of closedWindows) {
          for (let tick = window.start; tick < window.end; tick += hour) {
            const part = answered.find(({ start, end }) => tick >= start && tick < end);
            if (part === undefined) {
              expect(['failed', 'denied', 'unavailable']).toContain(state);
              continue;
            }
            const session = sessions.find(({ dayStart, dayEnd }) => tick >= dayStart && tick < dayEnd);
            if (session === undefined) continue;
            const final = when.answeredAt >= session.close + when.revisionWindow;
            const [sessionPart] = intersect([part], [{ start: session.dayStart, end: session.dayEnd }]);
            const hasRows =
              sessionPart !== undefined &&
              keptTimes.some((time) => time >= sessionPart.start && time < sessionPart.end);
            expect(state).toBe(final ? (hasRows ? 'data' : 'empty') : 'provisional');
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('does not change the columns of kept rows', () => {
    const times = [10, 34, 58, 82].map((at) => monday + at * hour);
    const rows = createBarRows('equity_bars', times, (index) => index);
    const request = createRequest(days(1, 2), days(3, 4));
    const keptTimes = resolveOutcome(request, { kind: 'rows', rows, answeredWindow: days(0, 5) }, options).rows;
    expect(keptTimes).toEqual({
      ...createBarRows(
        'equity_bars',
        times.filter((_, index) => index % 2 === 1),
        (index) => 2 * index + 1,
      ),
    });
  });
});
