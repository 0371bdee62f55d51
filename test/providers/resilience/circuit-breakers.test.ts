import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { minute, second } from '../../../src/core/time/time.js';
import { createBreakers } from '../../../src/providers/resilience/circuit-breakers.js';
import type { Admission, BreakerSnapshot, AttemptResult } from '../../../src/providers/resilience/circuit-breakers.js';
import { createVirtualClock } from '../../virtual-clock.js';

const options = { threshold: 3, cooldown: minute };
const startTime = Date.parse('2026-11-21T12:00:00Z');

interface TestBench {
  readonly changes: string[];
  readonly attempt: (symbol: string, result: AttemptResult) => 'made' | 'provider' | 'symbol';
  readonly admit: (symbol: string) => Admission;
  readonly advanceBy: (span: number) => Promise<void>;
  readonly states: () => readonly BreakerSnapshot[];
}

function createBench(restored: readonly BreakerSnapshot[] = []): TestBench {
  const clock = createVirtualClock(startTime);
  const changes: string[] = [];
  const breakerSet = createBreakers(options, restored, clock, (symbol, state) =>
    changes.push(`${symbol ?? 'provider'} ${state}`),
  );
  return {
    changes,
    attempt(symbol, result) {
      const admission = breakerSet.admit(symbol);
      if (admission.kind === 'open') return admission.breaker.symbol === null ? 'provider' : 'symbol';
      if (admission.kind === 'probing') throw new Error('no attempt is in flight');
      admission.report(result);
      return 'made';
    },
    admit: (symbol) => breakerSet.admit(symbol),
    advanceBy: (span) => clock.advanceBy(span),
    states: () => breakerSet.snapshots(),
  };
}

const failingBreaker = (symbol: string, openUntil: number | null, openCount = 1): BreakerSnapshot => ({
  symbol,
  failures: options.threshold,
  openUntil,
  openCount,
  othersAnswered: true,
});

describe('a circuit opens', () => {
  test('for a symbol that fails three times while another symbol is answered', () => {
    const { attempt, changes } = createBench();
    for (let time = 0; time < 3; time++) {
      attempt('BAD', 'symbol-failed');
      attempt('GOOD', 'answered');
    }
    expect(changes).toEqual(['BAD open']);
    expect(attempt('BAD', 'answered')).toBe('symbol');
  });

  test('for a symbol that fails three times after another symbol was answered', () => {
    const { attempt, changes } = createBench();
    attempt('GOOD', 'answered');
    for (let time = 0; time < 3; time++) attempt('BAD', 'symbol-failed');
    expect(changes).toEqual(['BAD open']);
  });

  test('for the provider after failures of three symbols in a row', () => {
    const { attempt, changes } = createBench();
    attempt('GOOD', 'answered');
    for (const symbol of ['A', 'B', 'C']) attempt(symbol, 'symbol-failed');
    expect(changes).toEqual(['provider open']);
  });

  test('for the provider only after three failures that do not belong to an open symbol', () => {
    const { attempt, changes } = createBench();
    attempt('GOOD', 'answered');
    for (let time = 0; time < 3; time++) attempt('BAD', 'symbol-failed');
    for (const symbol of ['A', 'B']) attempt(symbol, 'symbol-failed');
    expect(changes).toEqual(['BAD open']);
    attempt('C', 'symbol-failed');
    expect(changes).toEqual(['BAD open', 'provider open']);
  });

  test('for each of two failing symbols while a third symbol is answered', () => {
    const { attempt, changes } = createBench();
    for (let time = 0; time < 4; time++) {
      attempt('BAD', 'symbol-failed');
      attempt('WORSE', 'symbol-failed');
      attempt('GOOD', 'answered');
    }
    expect(changes).toEqual(['BAD open', 'WORSE open']);
  });
});

describe('breakers restored from an earlier run', () => {
  test('count the failures of the earlier run', () => {
    const { attempt, changes } = createBench([{ ...failingBreaker('BAD', null, 0), failures: 2 }]);
    attempt('BAD', 'symbol-failed');
    expect(changes).toEqual(['BAD open']);
  });

  test('reject attempts until the cooldown ends and then allow a probe', async () => {
    const { attempt, changes, advanceBy } = createBench([failingBreaker('BAD', startTime + 10 * second)]);
    expect(attempt('BAD', 'answered')).toBe('symbol');
    await advanceBy(10 * second);
    expect(attempt('BAD', 'answered')).toBe('made');
    expect(changes).toEqual(['BAD half-open', 'BAD closed']);
  });

  test('return the snapshots that they were restored from', () => {
    const first = createBench();
    first.attempt('GOOD', 'answered');
    for (let time = 0; time < 3; time++) first.attempt('BAD', 'symbol-failed');
    first.attempt('A', 'symbol-failed');
    expect(createBench(first.states()).states()).toEqual(first.states());
    expect(first.states()).toEqual([
      { symbol: null, failures: 1, openUntil: null, openCount: 0, othersAnswered: false },
      { symbol: 'BAD', failures: 3, openUntil: startTime + minute, openCount: 1, othersAnswered: false },
      { symbol: 'A', failures: 1, openUntil: null, openCount: 0, othersAnswered: false },
    ]);
  });
});

test('closing a circuit resets the count of openings', () => {
  const { attempt, states } = createBench([failingBreaker('BAD', startTime, 2)]);
  attempt('BAD', 'answered');
  expect(states()).toEqual([]);
  for (let time = 0; time < 3; time++) {
    attempt('GOOD', 'answered');
    attempt('BAD', 'symbol-failed');
  }
  expect(states()).toMatchObject([{ symbol: 'BAD', openCount: 1 }]);
});

test('an inconclusive probe leaves the circuit open and the next attempt probes again', async () => {
  const { attempt, changes, advanceBy } = createBench([failingBreaker('BAD', startTime)]);
  attempt('BAD', 'inconclusive');
  await advanceBy(second);
  attempt('BAD', 'answered');
  expect(changes).toEqual(['BAD half-open', 'BAD half-open', 'BAD closed']);
});

test('attempts sent before the circuit opened neither close nor reopen the circuit', () => {
  const { attempt, admit, changes } = createBench();
  const before = ['D', 'E'].map(admit);
  for (const symbol of ['A', 'B', 'C']) attempt(symbol, 'symbol-failed');
  for (const [index, admission] of before.entries()) {
    if (admission.kind === 'allowed') admission.report(index === 0 ? 'answered' : 'symbol-failed');
  }
  expect(changes).toEqual(['provider open']);
  expect(attempt('D', 'answered')).toBe('provider');
});

test('any sequence of results opens a symbol only after enough failures and allows every symbol after the cooldown', async () => {
  const attempts = fc.array(
    fc.record({
      symbol: fc.constantFrom('A', 'B', 'C'),
      result: fc.constantFrom<AttemptResult>('answered', 'symbol-failed', 'provider-failed', 'inconclusive'),
      pause: fc.constantFrom(0, 20 * second, minute),
    }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(attempts, async (all) => {
      const { attempt, changes, states, advanceBy } = createBench();
      const failuresInARow = new Map<string, number>();
      for (const { symbol, result, pause } of all) {
        const changesBefore = changes.length;
        const admitted = attempt(symbol, result);
        if (admitted === 'made' && result === 'answered') failuresInARow.set(symbol, 0);
        if (admitted === 'made' && result === 'symbol-failed')
          failuresInARow.set(symbol, (failuresInARow.get(symbol) ?? 0) + 1);
        if (changes.slice(changesBefore).includes(`${symbol} open`)) {
          expect(failuresInARow.get(symbol)).toBeGreaterThanOrEqual(options.threshold);
        }
        if (admitted === 'symbol') expect(states().find((state) => state.symbol === symbol)?.openUntil).not.toBeNull();
        await advanceBy(pause);
      }
      await advanceBy(minute);
      for (const symbol of ['A', 'B', 'C']) expect(attempt(symbol, 'answered')).toBe('made');
      expect(states()).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
