import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCoveredWindow, foldPoint, foldSpan, createCoverageFold } from '../../src/core/coverage-fold.js';
import type { CoverageState, CoveredWindow, SeriesCoverage } from '../../src/core/coverage.js';

const length = 24;
const answeredStates: readonly CoverageState[] = ['data', 'empty', 'provisional'];
const overridingStates: readonly CoverageState[] = [...answeredStates, 'missing'];
const retriedStates: readonly CoverageState[] = ['failed', 'provisional', 'missing'];

const state = fc.constantFrom<CoverageState>('data', 'empty', 'failed', 'provisional', 'denied', 'unavailable', 'missing');
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

/** Every instant by itself: the last fact that was allowed to take it. */
function instants(facts: readonly CoveredWindow[]): readonly (CoveredWindow | undefined)[] {
  const result = new Array<CoveredWindow | undefined>(length + 10).fill(undefined);
  for (const one of facts) {
    for (let instant = one.start; instant < one.end; instant++) {
      const known = result[instant];
      if (overridingStates.includes(one.state) || known === undefined || !answeredStates.includes(known.state))
        result[instant] = one;
    }
  }
  return result;
}

const at = (coverage: SeriesCoverage, instant: number): CoveredWindow | undefined =>
  coverage.find(({ start, end }) => start <= instant && instant < end);

describe('the fold of a span table', () => {
  test('says of every instant what a model that knows instants only says', () => {
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

  test('keeps windows in order, disjoint, none empty, and none that could be joined', () => {
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

  test('learns nothing from hearing the last thing again', () => {
    fc.assert(
      fc.property(history, fact, (facts, one) => {
        expect(fold([...facts, one, one])).toEqual(fold([...facts, one]));
      }),
    );
  });

  test('nights next to each other become one window, asked about last night', () => {
    const nights = Array.from({ length: 250 }, (_, night) =>
      createCoveredWindow({ start: night, end: night + 1 }, 'data', night),
    );
    expect(fold(nights)).toEqual([{ start: 0, end: 250, state: 'data', lastRequestedAt: 249 }]);
  });

  test('a repeat that fails never loses that rows are held', () => {
    const held = createCoveredWindow({ start: 0, end: 10 }, 'data', 1);
    const failed = createCoveredWindow({ start: 5, end: 15 }, 'failed', 2, 'time-out');
    expect(fold([held, failed])).toEqual([held, { ...failed, start: 10 }]);
  });

  test('rows that are gone are missing, and no failure hides it', () => {
    const facts = [
      createCoveredWindow({ start: 0, end: 10 }, 'data', 1),
      createCoveredWindow({ start: 3, end: 6 }, 'missing', 1, 'a.parquet'),
      createCoveredWindow({ start: 4, end: 5 }, 'failed', 2),
    ];
    expect(fold(facts).map(({ start, state: one }) => [start, one])).toEqual([
      [0, 'data'],
      [3, 'missing'],
      [4, 'failed'],
      [5, 'missing'],
      [6, 'data'],
    ]);
  });
});

describe('the fold of a point table', () => {
  const point = (start: number, one: CoverageState): CoveredWindow =>
    createCoveredWindow({ start, end: start + 1 }, one, start);
  const points = (...facts: readonly CoveredWindow[]): SeriesCoverage =>
    facts.reduce<SeriesCoverage>((coverage, one) => foldPoint(coverage, one), []);

  test('keeps the latest answer, in whatever order answers come', () => {
    expect(points(point(1, 'data'), point(5, 'data'), point(3, 'data'))).toEqual([point(5, 'data')]);
  });

  test('keeps a later failure beside it, and drops it at the next answer', () => {
    const failed = points(point(1, 'data'), point(5, 'failed'), point(7, 'denied'));
    expect(failed).toEqual([point(1, 'data'), point(7, 'denied')]);
    expect(foldPoint(failed, point(9, 'empty'))).toEqual([point(9, 'empty')]);
  });

  test('a snapshot that is gone is missing; an older one that went is no news', () => {
    expect(points(point(1, 'data'), point(1, 'missing'))).toEqual([point(1, 'missing')]);
    expect(points(point(1, 'data'), point(4, 'data'), point(1, 'missing'))).toEqual([point(4, 'data')]);
  });

  test('never holds more than two windows', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), state)), (facts) => {
        const coverage = points(...facts.map(([start, one]) => point(start, one)));
        expect(coverage.length).toBeLessThanOrEqual(2);
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

describe('a shared fold', () => {
  test('gives what the plain fold gives, and one object for equal histories', () => {
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

  test('recognizes lists made elsewhere', () => {
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
