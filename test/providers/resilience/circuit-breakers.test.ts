import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { minute, second } from '../../../src/core/time/time.js';
import { createBreakers } from '../../../src/providers/resilience/circuit-breakers.js';
import type { Admission, BreakerSnapshot, AttemptResult } from '../../../src/providers/resilience/circuit-breakers.js';
import { createVirtualClock } from '../../virtual-clock.js';

const options = { threshold: 3, recovery: minute };
const startTime = Date.parse('2026-11-21T12:00:00Z');

interface TestBench {
  readonly changes: string[];
  readonly attempt: (symbol: string, result: AttemptResult) => 'made' | 'source' | 'symbol';
  readonly admit: (symbol: string) => Admission;
  readonly advanceBy: (span: number) => Promise<void>;
  readonly states: () => readonly BreakerSnapshot[];
}

function createBench(restored: readonly BreakerSnapshot[] = []): TestBench {
  const clock = createVirtualClock(startTime);
  const changes: string[] = [];
  const breakerSet = createBreakers(options, restored, clock, (symbol, state) =>
    changes.push(`${symbol ?? 'source'} ${state}`),
  );
  return {
    changes,
    attempt(symbol, lesson) {
      const admission = breakerSet.admit(symbol);
      if (admission.kind === 'open') return admission.state.symbol === null ? 'source' : 'symbol';
      if (admission.kind === 'trial') throw new Error('nothing is under way');
      admission.report(lesson);
      return 'made';
    },
    admit: (symbol) => breakerSet.admit(symbol),
    advanceBy: (span) => clock.advanceBy(span),
    states: () => breakerSet.snapshots(),
  };
}

const failingBreaker = (symbol: string, openUntil: number | null, pauses = 1): BreakerSnapshot => ({
  symbol,
  failures: options.threshold,
  openUntil,
  openCount: pauses,
  othersAnswered: true,
});

describe('who is to blame', () => {
  test('a symbol that fails among others that do not', () => {
    const { attempt, changes } = createBench();
    for (let time = 0; time < 3; time++) {
      attempt('BAD', 'symbol-failed');
      attempt('GOOD', 'answered');
    }
    expect(changes).toEqual(['BAD open']);
    expect(attempt('BAD', 'answered')).toBe('symbol');
  });

  test('a symbol that comes after all others were answered', () => {
    const { attempt, changes } = createBench();
    attempt('GOOD', 'answered');
    for (let time = 0; time < 3; time++) attempt('BAD', 'symbol-failed');
    expect(changes).toEqual(['BAD open']);
  });

  test('the source, when several fail in a row', () => {
    const { attempt, changes } = createBench();
    attempt('GOOD', 'answered');
    for (const symbol of ['A', 'B', 'C']) attempt(symbol, 'symbol-failed');
    expect(changes).toEqual(['source open']);
  });

  test('not the source for the failures of a symbol that is to blame', () => {
    const { attempt, changes } = createBench();
    attempt('GOOD', 'answered');
    for (let time = 0; time < 3; time++) attempt('BAD', 'symbol-failed');
    for (const symbol of ['A', 'B']) attempt(symbol, 'symbol-failed');
    expect(changes).toEqual(['BAD open']);
    attempt('C', 'symbol-failed');
    expect(changes).toEqual(['BAD open', 'source open']);
  });

  test('each of two bad symbols among good ones', () => {
    const { attempt, changes } = createBench();
    for (let time = 0; time < 4; time++) {
      attempt('BAD', 'symbol-failed');
      attempt('WORSE', 'symbol-failed');
      attempt('GOOD', 'answered');
    }
    expect(changes).toEqual(['BAD open', 'WORSE open']);
  });
});

describe('what an earlier run left', () => {
  test('counts on', () => {
    const { attempt, changes } = createBench([{ ...failingBreaker('BAD', null, 0), failures: 2 }]);
    attempt('BAD', 'symbol-failed');
    expect(changes).toEqual(['BAD open']);
  });

  test('is waited for, then tried once', async () => {
    const { attempt, changes, advanceBy } = createBench([failingBreaker('BAD', startTime + 10 * second)]);
    expect(attempt('BAD', 'answered')).toBe('symbol');
    await advanceBy(10 * second);
    expect(attempt('BAD', 'answered')).toBe('made');
    expect(changes).toEqual(['BAD half-open', 'BAD closed']);
  });

  test('comes back as it was', () => {
    const first = createBench();
    first.attempt('GOOD', 'answered');
    for (let time = 0; time < 3; time++) first.attempt('BAD', 'symbol-failed');
    first.attempt('A', 'symbol-failed');
    expect(createBench(first.states()).states()).toEqual(first.states());
    expect(first.states()).toEqual([
      { symbol: null, failures: 1, openUntil: null, pauses: 0, othersAnswered: false },
      { symbol: 'BAD', failures: 3, openUntil: startTime + minute, pauses: 1, othersAnswered: false },
      { symbol: 'A', failures: 1, openUntil: null, pauses: 0, othersAnswered: false },
    ]);
  });
});

test('an attempt that was broken off says nothing: the next one tries', async () => {
  const { attempt, changes, advanceBy } = createBench([failingBreaker('BAD', startTime)]);
  attempt('BAD', 'none');
  await advanceBy(second);
  attempt('BAD', 'answered');
  expect(changes).toEqual(['BAD half-open', 'BAD half-open', 'BAD closed']);
});

test('answers to what was asked before a breaker opened change nothing while it is open', () => {
  const { attempt, admit, changes } = createBench();
  const before = ['D', 'E'].map(admit);
  for (const symbol of ['A', 'B', 'C']) attempt(symbol, 'symbol-failed');
  for (const [index, admission] of before.entries()) {
    if (admission.kind === 'go') admission.report(index === 0 ? 'answered' : 'symbol-failed');
  }
  expect(changes).toEqual(['source open']);
  expect(attempt('D', 'answered')).toBe('source');
});

test('whatever happens, nobody is left alone who has not failed often enough, and everybody is let through in the end', async () => {
  const attempts = fc.array(
    fc.record({
      symbol: fc.constantFrom('A', 'B', 'C'),
      lesson: fc.constantFrom<AttemptResult>('answered', 'symbol-failed', 'source-failed', 'none'),
      then: fc.constantFrom(0, 20 * second, minute),
    }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(attempts, async (all) => {
      const { attempt, changes, states, advanceBy } = createBench();
      const failuresInARow = new Map<string, number>();
      for (const { symbol, lesson, then } of all) {
        const changesBefore = changes.length;
        const admitted = attempt(symbol, lesson);
        if (admitted === 'made' && lesson === 'answered') failuresInARow.set(symbol, 0);
        if (admitted === 'made' && lesson === 'symbol-failed')
          failuresInARow.set(symbol, (failuresInARow.get(symbol) ?? 0) + 1);
        if (changes.slice(changesBefore).includes(`${symbol} open`)) {
          expect(failuresInARow.get(symbol)).toBeGreaterThanOrEqual(options.threshold);
        }
        if (admitted === 'symbol') expect(states().find((state) => state.symbol === symbol)?.openUntil).not.toBeNull();
        await advanceBy(then);
      }
      await advanceBy(minute);
      for (const symbol of ['A', 'B', 'C']) expect(attempt(symbol, 'answered')).toBe('made');
      expect(states()).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
