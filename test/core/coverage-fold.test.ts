import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCoveredWindow, foldPoint, foldSpan, createCoverageFold } from '../../src/core/coverage-fold.js';
import type { CoverageState, CoveredWindow, SeriesCoverage } from '../../src/core/coverage.js';
import { findLossReason, isLostWindow, isRefetchable, keepLoss } from '../../src/core/loss-reasons.js';

const length = 24;
const answeredStates: readonly CoverageState[] = ['data', 'empty', 'provisional'];
const overridingStates: readonly CoverageState[] = [...answeredStates, 'missing'];
const retriedStates: readonly CoverageState[] = ['failed', 'provisional', 'missing'];

const state = fc.constantFrom<CoverageState>(
  'data',
  'empty',
  'failed',
  'provisional',
  'denied',
  'unavailable',
  'missing',
);
const fact = fc
  .record({
    start: fc.integer({ min: 0, max: length }),
    size: fc.integer({ min: 0, max: 9 }),
    state,
    at: fc.integer({ min: 0, max: 3 }),
    note: fc.constantFrom(undefined, '', 'time-out'),
  })
  .map(({ start, size, state: one, at, note }) => createCoveredWindow({ start, end: start + size }, one, at, note));
const history = fc.array(fact, { maxLength: 12 });

const fold = (facts: readonly CoveredWindow[]): SeriesCoverage =>
  facts.reduce<SeriesCoverage>((coverage, one) => foldSpan(coverage, one), []);

/** A model without windows: for each instant, the last fact that may replace its state. */
function instants(facts: readonly CoveredWindow[]): readonly (CoveredWindow | undefined)[] {
  const result = new Array<CoveredWindow | undefined>(length + 10).fill(undefined);
  for (const one of facts) {
    for (let instant = one.start; instant < one.end; instant++) {
      const known = result[instant];
      const isLost = known?.state === 'missing' && one.state === 'failed';
      if (
        overridingStates.includes(one.state) ||
        known === undefined ||
        (!answeredStates.includes(known.state) && !isLost)
      )
        result[instant] =
          known !== undefined && isLostWindow(known) && !['data', 'provisional', 'missing'].includes(one.state)
            ? { ...one, reason: keepLoss(one.reason, known.reason) }
            : one;
    }
  }
  return result;
}

const at = (coverage: SeriesCoverage, instant: number): CoveredWindow | undefined =>
  coverage.find(({ start, end }) => start <= instant && instant < end);

describe('foldSpan', () => {
  test('returns the same state for every instant as a model that stores single instants', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const coverage = fold(facts);
        for (const [instant, expected] of instants(facts).entries()) {
          const found = at(coverage, instant);
          expect([found?.state, found?.reason]).toEqual([expected?.state, expected?.reason]);
          if (found === undefined || expected === undefined) continue;
          if (retriedStates.includes(found.state)) expect(found.lastRequestedAt).toBe(expected.lastRequestedAt);
          else expect(found.lastRequestedAt).toBeGreaterThanOrEqual(expected.lastRequestedAt);
        }
      }),
      { numRuns: 800 },
    );
  });

  test('returns windows in order, disjoint, not empty and not mergeable', () => {
    fc.assert(
      fc.property(history, (facts) => {
        for (const [index, window] of fold(facts).entries()) {
          const previous = index === 0 ? undefined : fold(facts)[index - 1];
          expect(window.end).toBeGreaterThan(window.start);
          if (previous === undefined) continue;
          expect(previous.end).toBeLessThanOrEqual(window.start);
          const alike = previous.state === window.state && previous.reason === window.reason;
          const joinable =
            alike && (previous.lastRequestedAt === window.lastRequestedAt || !retriedStates.includes(window.state));
          expect(previous.end === window.start && joinable).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('returns the same coverage when the last fact is added again', () => {
    fc.assert(
      fc.property(history, fact, (facts, one) => {
        expect(fold([...facts, one, one])).toEqual(fold([...facts, one]));
      }),
    );
  });

  test('merges adjacent nights into one window with the latest request time', () => {
    const nights = Array.from({ length: 250 }, (_, night) =>
      createCoveredWindow({ start: night, end: night + 1 }, 'data', night),
    );
    expect(fold(nights)).toEqual([{ start: 0, end: 250, state: 'data', lastRequestedAt: 249 }]);
  });

  test('keeps the state `data` when a repeated request fails', () => {
    const held = createCoveredWindow({ start: 0, end: 10 }, 'data', 1);
    const failed = createCoveredWindow({ start: 5, end: 15 }, 'failed', 2, 'time-out');
    expect(fold([held, failed])).toEqual([held, { ...failed, start: 10 }]);
  });

  test('keeps an unconfirmed answer without rows when a request fails or an answer comes too soon to count', () => {
    const once = createCoveredWindow({ start: 0, end: 10 }, 'failed', 1, 'no rows', 1);
    const timeout = createCoveredWindow({ start: 0, end: 10 }, 'failed', 2, 'time-out');
    const tooSoon = createCoveredWindow({ start: 0, end: 10 }, 'failed', 3, 'no rows', 1);
    const twice = createCoveredWindow({ start: 0, end: 10 }, 'failed', 4, 'no rows', 2);
    expect(fold([once, timeout])).toEqual([once]);
    expect(fold([once, tooSoon])).toEqual([once]);
    expect(fold([once, timeout, twice])).toEqual([twice]);
    expect(fold([timeout, once])).toEqual([once]);
  });

  test('replaces provisional rows by a final answer without rows that counts, and keeps final rows', () => {
    const provisional = createCoveredWindow({ start: 0, end: 10 }, 'provisional', 1);
    const data = createCoveredWindow({ start: 0, end: 10 }, 'data', 1);
    const once = createCoveredWindow({ start: 0, end: 10 }, 'failed', 2, 'no rows', 1);
    expect(fold([provisional, once])).toEqual([once]);
    expect(fold([data, once])).toEqual([data]);
  });

  test('does not merge windows with different numbers of answers', () => {
    const windows = [
      createCoveredWindow({ start: 0, end: 5 }, 'empty', 1, undefined, 3),
      createCoveredWindow({ start: 5, end: 9 }, 'empty', 1),
    ];
    expect(fold(windows)).toEqual(windows);
  });

  test('marks deleted rows as missing, and keeps them so after a failed request, until an answer', () => {
    const facts = [
      createCoveredWindow({ start: 0, end: 10 }, 'data', 1),
      createCoveredWindow({ start: 3, end: 6 }, 'missing', 1, 'a.parquet'),
      createCoveredWindow({ start: 4, end: 5 }, 'failed', 2),
    ];
    const states = (...more: readonly CoveredWindow[]): unknown =>
      fold([...facts, ...more]).map(({ start, state: one }) => [start, one]);
    expect(states()).toEqual([
      [0, 'data'],
      [3, 'missing'],
      [6, 'data'],
    ]);
    expect(states(createCoveredWindow({ start: 3, end: 6 }, 'denied', 3))).toEqual([
      [0, 'data'],
      [3, 'denied'],
      [6, 'data'],
    ]);
    expect(states(createCoveredWindow({ start: 3, end: 6 }, 'failed', 3, undefined, 1))).toEqual([
      [0, 'data'],
      [3, 'failed'],
      [6, 'data'],
    ]);
  });
});

describe('foldPoint', () => {
  const point = (start: number, one: CoverageState): CoveredWindow =>
    createCoveredWindow({ start, end: start + 1 }, one, start);
  const points = (...facts: readonly CoveredWindow[]): SeriesCoverage =>
    facts.reduce<SeriesCoverage>((coverage, one) => foldPoint(coverage, one), []);

  test('keeps the latest answer for any order of answers', () => {
    expect(points(point(1, 'data'), point(5, 'data'), point(3, 'data'))).toEqual([point(5, 'data')]);
  });

  test('keeps a failure after the answer until the next answer', () => {
    const failed = points(point(1, 'data'), point(5, 'failed'), point(7, 'denied'));
    expect(failed).toEqual([point(1, 'data'), point(7, 'denied')]);
    expect(foldPoint(failed, point(9, 'empty'))).toEqual([point(9, 'empty')]);
  });

  test('keeps the time of the last counted answer without rows', () => {
    const empty = (start: number, emptyAnswers?: number): CoveredWindow =>
      createCoveredWindow({ start, end: start + 1 }, 'failed', start, undefined, emptyAnswers);
    expect(points(point(1, 'data'), empty(3, 1), empty(5, 1), empty(7))).toEqual([point(1, 'data'), empty(3, 1)]);
    expect(points(point(1, 'data'), empty(3, 1), empty(9, 2))).toEqual([point(1, 'data'), empty(9, 2)]);
    expect(points(empty(3, 1), point(4, 'data'))).toEqual([point(4, 'data')]);
  });

  test('keeps lost snapshots, also older ones, until they are answered themselves', () => {
    expect(points(point(1, 'data'), point(1, 'missing'))).toEqual([point(1, 'missing')]);
    const older = points(point(1, 'data'), point(4, 'data'), point(1, 'missing'));
    expect(older).toEqual([point(1, 'missing'), point(4, 'data')]);
    expect(foldPoint(older, point(9, 'data'))).toEqual([point(1, 'missing'), point(9, 'data')]);
    expect(foldPoint(older, point(1, 'missing'))).toEqual(older);
    expect(foldPoint(older, point(1, 'data'))).toEqual([point(4, 'data')]);
  });

  test('never returns more than two windows beside lost snapshots', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), state)), (facts) => {
        const coverage = points(...facts.map(([start, one]) => point(start, one)));
        expect(coverage.filter(({ state: one }) => one !== 'missing').length).toBeLessThanOrEqual(2);
        expect(new Set(coverage.map(({ start }) => start)).size).toBe(coverage.length);
        const missing = new Set<number>();
        const latest = facts.reduce<number | null>((last, [start, one]) => {
          if (one === 'missing') missing.add(start);
          return answeredStates.includes(one) ? Math.max(last ?? 0, start) : last;
        }, null);
        const found = coverage.find(({ state: one }) => answeredStates.includes(one));
        if (missing.size === 0) expect(found?.start ?? null).toBe(latest);
      }),
    );
  });
});

describe('createInterningFold', () => {
  test('returns the same windows as the plain fold, and one object for equal histories', () => {
    fc.assert(
      fc.property(fc.array(history, { maxLength: 6 }), (histories) => {
        const shared = createCoverageFold('span');
        const lists = histories.map((facts) =>
          facts.reduce<SeriesCoverage>((coverage, one) => shared.applyFact({ ...one })(coverage), shared.empty),
        );
        const plain = histories.map(fold);
        expect(lists).toEqual(plain);
        for (const [index, list] of lists.entries()) {
          for (const [other, otherList] of lists.entries()) {
            expect(list === otherList).toBe(JSON.stringify(plain[index]) === JSON.stringify(plain[other]));
          }
        }
      }),
    );
  });

  test('returns the shared list for an equal list created elsewhere', () => {
    const shared = createCoverageFold('span');
    const facts = [
      createCoveredWindow({ start: 0, end: 3 }, 'data', 1),
      createCoveredWindow({ start: 5, end: 6 }, 'failed', 1, 'n'),
    ];
    const made = facts.reduce<SeriesCoverage>((coverage, one) => shared.applyFact(one)(coverage), shared.empty);
    expect(shared.intern(structuredClone(facts))).toBe(made);
    expect(shared.intern([])).toBe(shared.empty);
  });
});

describe('the loss of rows', () => {
  const window = { start: 0, end: 4 };
  const lost = createCoveredWindow(window, 'missing', 1, 'period=2026/a (1).parquet');

  test.each<[string, CoveredWindow, string, boolean]>([
    ['an unconfirmed answer without rows', createCoveredWindow(window, 'failed', 2, 'no rows', 1), 'failed', true],
    ['a confirmed answer without rows', createCoveredWindow(window, 'empty', 2), 'empty', false],
    ['a denial', createCoveredWindow(window, 'denied', 2, 'no permission'), 'denied', false],
  ])('stays named after %s', (_, answer, expectedState, canBeRefetched) => {
    const [after, ...others] = fold([lost, answer]);
    expect(others).toEqual([]);
    expect(after?.state).toBe(expectedState);
    expect(after && findLossReason(after)).toBe('period=2026/a (1).parquet');
    expect(after && isLostWindow(after)).toBe(true);
    expect(after && isRefetchable(after)).toBe(canBeRefetched);
    const [again] = fold([lost, answer, answer, createCoveredWindow(window, 'empty', 3)]);
    expect(again?.reason?.match(/rows were lost/g)).toHaveLength(1);
  });

  test('ends with rows, and does not spread to windows beside it', () => {
    expect(fold([lost, createCoveredWindow({ start: 2, end: 6 }, 'empty', 2)])).toMatchObject([
      { start: 0, end: 2, state: 'missing' },
      { start: 2, end: 4, state: 'empty', reason: expect.stringContaining('rows were lost') as string },
      { start: 4, end: 6, state: 'empty' },
    ]);
    expect(fold([lost, createCoveredWindow(window, 'empty', 2), createCoveredWindow(window, 'data', 3)])).toEqual([
      { ...window, state: 'data', lastRequestedAt: 3 },
    ]);
  });
});
