import { describe, expect, test } from 'vitest';

import { foldPoint, foldSpan, createCoveredWindow } from '../../src/core/coverage-fold.js';
import type { SeriesCoverage } from '../../src/core/coverage.js';
import { defaultEmptyConfirmation } from '../../src/core/empty-confirmation.js';
import type { FetchOutcome, Request } from '../../src/core/request.js';
import { day, hour, minute } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import type { Window } from '../../src/core/time/window.js';
import { equitySeries, optionSeries, pointSeries } from '../../src/plan/tasks/step-series.js';
import { doubtUnlisted } from '../../src/run/resolve-empty.js';
import { resolveOutcome } from '../../src/run/resolve-outcome.js';
import { createChainsStep, createEquityStep, createInstrument, createOptionsStep } from '../fixtures/pipelines.js';
import { createPlainCalendar } from '../fixtures/plain-calendar.js';
import { createBarRows, createChain, createChainRows } from '../fixtures/rows.js';

/** Sessions from 10:00 to 16:00 UTC on weekdays. */
const monday = Date.parse('2026-11-16T00:00:00Z');
const calendar = createPlainCalendar((number) => (((number - monday / day) % 7) + 7) % 7 < 5);
const apple = createInstrument('AAPL');
const daily = equitySeries(createEquityStep(), apple, '1 day');
const hourly = equitySeries(createEquityStep(), apple, '1 min');
const contract = { expiry: '2026-12-18', strike: 100, right: 'C', conId: null } as const;
const option = optionSeries(createOptionsStep(), apple, contract, '1 day');

const days = (from: number, to: number): Window => ({ start: monday + from * day, end: monday + to * day });
const noData: FetchOutcome = { kind: 'empty' };

function bars(window: Window, ...times: readonly number[]): FetchOutcome {
  const rows = createBarRows(
    'equity_bars',
    times.map((at) => monday + at * day + 10 * hour),
  );
  return { kind: 'rows', rows, answeredWindow: window };
}

/** A series whose coverage follows its answers. */
interface AnsweredSeries {
  /** The states after an answer: `failed 1 2-3` is a window of the third day with one answer without rows. */
  readonly answer: (window: Window, outcome: FetchOutcome, answeredAt: Instant) => readonly string[];
}

function createSeries(series: Request['series'] = daily, earlier: SeriesCoverage = []): AnsweredSeries {
  let coverage = earlier;
  return {
    answer(window, outcome, answeredAt) {
      const request: Request = { series, window, closes: [window] };
      const { closedWindows } = resolveOutcome(request, outcome, {
        calendar,
        revisionWindow: hour,
        confirmation: defaultEmptyConfirmation,
        earlier: coverage,
        answeredAt,
      });
      for (const { window: closed, state, reason, emptyAnswers } of closedWindows)
        coverage = foldSpan(coverage, createCoveredWindow(closed, state, answeredAt, reason, emptyAnswers));
      return coverage.map(({ start, end, state, emptyAnswers }) => {
        const span = `${String((start - monday) / day)}-${String((end - monday) / day)}`;
        return `${state}${emptyAnswers === undefined ? '' : ` ${String(emptyAnswers)}`} ${span}`;
      });
    },
  };
}

const evening = monday + 8 * day;

describe('a session without rows among others', () => {
  const week = days(0, 5);
  const withHole = bars(week, 0, 1, 3, 4);

  test('is empty after three answers, each twelve hours after the one before', () => {
    const { answer } = createSeries();
    expect(answer(week, withHole, evening)).toEqual(['data 0-2', 'failed 1 2-3', 'data 3-5']);
    expect(answer(days(2, 3), noData, evening + 12 * hour)).toEqual(['data 0-2', 'failed 2 2-3', 'data 3-5']);
    expect(answer(days(2, 3), noData, evening + 24 * hour)).toEqual(['data 0-2', 'empty 3 2-3', 'data 3-5']);
  });

  test('is data when a later answer has its rows', () => {
    const { answer } = createSeries();
    answer(week, withHole, evening);
    expect(answer(days(2, 3), bars(days(2, 3), 2), evening + 12 * hour)).toEqual(['data 0-5']);
  });

  test('is not confirmed by answers that follow each other within minutes', () => {
    const { answer } = createSeries();
    answer(week, withHole, evening);
    for (let at = 5 * minute; at < 12 * hour; at += hour) answer(days(2, 3), noData, evening + at);
    expect(answer(days(2, 3), noData, evening + 12 * hour)[1]).toBe('failed 2 2-3');
  });

  test('keeps its count when a request in between fails', () => {
    const { answer } = createSeries();
    answer(week, withHole, evening);
    answer(days(2, 3), { kind: 'failure', failure: { kind: 'retryable', message: 'time-out' } }, evening + 13 * hour);
    expect(answer(days(2, 3), noData, evening + 14 * hour)[1]).toBe('failed 2 2-3');
  });

  test('is empty at once when the provider says that the option does not exist', () => {
    const { answer } = createSeries(option);
    expect(answer(week, { kind: 'empty', unlisted: [contract] }, evening)).toEqual(['empty 1 0-5']);
  });

  test('counts only once it is final', () => {
    const { answer } = createSeries();
    const friday = days(4, 5);
    const close = monday + 4 * day + 16 * hour;
    expect(answer(friday, noData, close + 5 * minute)).toEqual(['failed 0 4-5']);
    expect(answer(friday, noData, close + hour)).toEqual(['failed 1 4-5']);
  });
});

describe('an answer without any row', () => {
  test('is not believed for a series without earlier rows', () => {
    expect(createSeries().answer(days(0, 5), noData, evening)).toEqual(['failed 1 0-5']);
  });

  test('never discards stored rows', () => {
    const { answer } = createSeries();
    answer(days(0, 5), bars(days(0, 5), 0, 1, 2, 3, 4), evening);
    for (const after of [1, 2, 3, 4]) answer(days(0, 5), noData, evening + after * day);
    expect(answer(days(0, 5), noData, evening + 5 * day)).toEqual(['data 0-5']);
  });

  test('is believed at once where ten confirmed sessions precede, as after the end of a listing', () => {
    const confirmed = createCoveredWindow(days(-14, 0), 'empty', monday, undefined, 3);
    expect(createSeries(daily, [confirmed]).answer(days(0, 1), noData, evening)).toEqual([
      'empty 3 -14-0',
      'empty 1 0-1',
    ]);
    const tooFew = createCoveredWindow(days(-12, 0), 'empty', monday, undefined, 3);
    expect(createSeries(daily, [tooFew]).answer(days(0, 1), noData, evening)).toEqual([
      'empty 3 -12-0',
      'failed 1 0-1',
    ]);
  });

  test('confirms a window that an earlier version recorded as empty, when the user asks for it again', () => {
    const old = createCoveredWindow(days(0, 1), 'empty', monday);
    expect(createSeries(daily, [old]).answer(days(0, 1), noData, evening)).toEqual(['empty 3 0-1']);
  });
});

describe('an unusual silence within a session', () => {
  const session = days(0, 1);
  /** A bar in every minute from the open, apart from those between two hours. */
  const minutes = (from: number, to: number): FetchOutcome => {
    const times = Array.from({ length: 360 }, (_, index) => index / 60)
      .filter((at) => at < from || at >= to)
      .map((at) => monday + (10 + at) * hour);
    return { kind: 'rows', rows: createBarRows('equity_bars', times), answeredWindow: session };
  };
  const inHours = (states: readonly string[]): readonly string[] =>
    states.map((text) =>
      text.replace(
        /(-?[\d.]+)-(-?[\d.]+)$/,
        (_, a: string, b: string) => `${String(Math.round(Number(a) * 24))}-${String(Math.round(Number(b) * 24))}`,
      ),
    );

  test('is a window of its own until it is confirmed', () => {
    const { answer } = createSeries(hourly);
    const hole = { start: monday + 12 * hour, end: monday + 13 * hour };
    expect(inHours(answer(session, minutes(2, 3), evening))).toEqual(['data 0-12', 'failed 1 12-13', 'data 13-24']);
    expect(inHours(answer(hole, noData, evening + 12 * hour))).toEqual(['data 0-12', 'failed 2 12-13', 'data 13-24']);
    expect(inHours(answer(hole, noData, evening + 24 * hour))).toEqual(['data 0-12', 'empty 3 12-13', 'data 13-24']);
  });

  test('at the end of the day leaves the night covered', () => {
    const { answer } = createSeries(hourly);
    expect(inHours(answer(session, minutes(5, 6), evening))).toEqual(['data 0-15', 'failed 1 15-16', 'data 16-24']);
  });
});

test('the last minutes of a session, requested again with the next session and still without rows, are not empty at once', () => {
  const tail = { start: monday + 15.7 * hour, end: monday + day };
  const tuesday = days(1, 2);
  const times = Array.from({ length: 360 }, (_, index) => monday + day + 10 * hour + index * minute);
  const window = { start: tail.start, end: tuesday.end };
  const { closedWindows } = resolveOutcome(
    { series: hourly, window, closes: [tail, tuesday] },
    { kind: 'rows', rows: createBarRows('equity_bars', times), answeredWindow: window },
    { calendar, revisionWindow: hour, confirmation: defaultEmptyConfirmation, earlier: [], answeredAt: evening },
  );
  expect(closedWindows.map(({ state, window: { start } }) => [state, (start - monday) / hour])).toEqual([
    ['failed', 15.7],
    ['empty', 16],
    ['data', 24],
  ]);
});

describe('an option that the provider says not to know', () => {
  const held = [createCoveredWindow(days(0, 1), 'data', monday)];
  const quoted = createChainRows(createChain(['2026-12-18'], [100]));
  const unknown: FetchOutcome = { kind: 'empty', unlisted: [contract] };
  const some: FetchOutcome = { kind: 'rows', rows: quoted, answeredWindow: null, unlisted: [contract] };
  const confirmation = defaultEmptyConfirmation;

  test.each([
    ['is believed without rows in the lake', 'option_bars', unknown, [], 1],
    ['is not believed with rows in the lake', 'option_bars', unknown, held, 0],
    ['is believed in a snapshot of others', 'option_snapshots', some, held, 1],
    ['is not believed if it is every option of a snapshot that had quotes', 'option_snapshots', unknown, held, 0],
    ['is believed if it is every option of the first snapshot', 'option_snapshots', unknown, [], 1],
  ] as const)('%s', (_, dataset, outcome, earlier, count) => {
    expect(doubtUnlisted(outcome, { dataset }, { earlier, confirmation })).toMatchObject({
      unlisted: { length: count },
    });
    const listed = { ...outcome, unlisted: [{ ...contract, conId: 7 }] };
    expect(doubtUnlisted(listed, { dataset }, { earlier, confirmation })).toMatchObject({ unlisted: [] });
  });

  test('is believed where one answer is', () => {
    const one = { answers: 1, every: 0 };
    expect(doubtUnlisted(unknown, option, { earlier: held, confirmation: one })).toBe(unknown);
  });
});

describe('a table of the current state without rows', () => {
  const series = pointSeries(createChainsStep(), apple);
  const rows = createChainRows(createChain(['2026-12-18'], [100]));

  function createPoint() {
    let coverage: SeriesCoverage = [];
    return (outcome: FetchOutcome, answeredAt: Instant): readonly string[] => {
      const { closedWindows } = resolveOutcome({ series, window: null, closes: [] }, outcome, {
        calendar,
        revisionWindow: 0,
        confirmation: defaultEmptyConfirmation,
        earlier: coverage,
        answeredAt,
      });
      for (const { window, state, reason, emptyAnswers } of closedWindows)
        coverage = foldPoint(coverage, createCoveredWindow(window, state, answeredAt, reason, emptyAnswers));
      return coverage.map(({ state, emptyAnswers }) =>
        emptyAnswers === undefined ? state : `${state} ${String(emptyAnswers)}`,
      );
    };
  }

  test('is empty after three spaced answers, however often it is requested in between', () => {
    const answer = createPoint();
    for (let at = 0; at < 12 * hour; at += hour) expect(answer(noData, evening + at)).toEqual(['failed 1']);
    expect(answer(noData, evening + 12 * hour)).toEqual(['failed 2']);
    expect(answer(noData, evening + 23 * hour)).toEqual(['failed 2']);
    expect(answer(noData, evening + 24 * hour)).toEqual(['empty 3']);
    expect(answer(noData, evening + 48 * hour)).toEqual(['empty 3']);
  });

  test('starts to count again after an answer with rows', () => {
    const answer = createPoint();
    answer(noData, evening);
    expect(answer({ kind: 'rows', rows, answeredWindow: null }, evening + hour)).toEqual(['data']);
    expect(answer(noData, evening + 24 * hour)).toEqual(['data', 'failed 1']);
  });
});
