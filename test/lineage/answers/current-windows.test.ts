import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CoverageState } from '../../../src/core/coverage.js';
import { computeCurrentWindows } from '../../../src/lineage/answers/current-windows.js';
import type { CommittedFact } from '../../../src/lake/api.js';
import { fact } from './sample-facts.js';

const series = 'equity_bars/AAPL/1 day/TRADES/rth';

function createFact(start: number, end: number, state: CoverageState): CommittedFact {
  return fact(0, 1, series, { start, end }, state, end - start);
}

function formatWindows(facts: readonly CommittedFact[]): string[] {
  return computeCurrentWindows(facts).map(
    ({ start, end, fact: owner }) => `${String(start)}-${String(end)} ${owner.state}`,
  );
}

describe('computeCurrentWindows', () => {
  test('assigns a window to the latest successful request and leaves other windows unchanged', () => {
    expect(formatWindows([createFact(0, 10, 'data'), createFact(3, 5, 'provisional')])).toEqual([
      '0-3 data',
      '3-5 provisional',
      '5-10 data',
    ]);
  });

  test('replaces a provisional window by a final window', () => {
    expect(formatWindows([createFact(0, 5, 'provisional'), createFact(0, 5, 'data')])).toEqual(['0-5 data']);
  });

  test('keeps data when a later request for the same window fails', () => {
    expect(formatWindows([createFact(2, 5, 'data'), createFact(6, 7, 'empty'), createFact(0, 9, 'failed')])).toEqual([
      '0-2 failed',
      '2-5 data',
      '5-6 failed',
      '6-7 empty',
      '7-9 failed',
    ]);
  });

  test('replaces a failed window by a later failure', () => {
    expect(
      formatWindows([createFact(0, 4, 'failed'), createFact(1, 2, 'denied'), createFact(3, 6, 'unavailable')]),
    ).toEqual(['0-1 failed', '1-2 denied', '2-3 failed', '3-6 unavailable']);
  });

  test('replaces data by missing when its file was lost, and keeps it missing after a failed request', () => {
    expect(formatWindows([createFact(0, 9, 'data'), createFact(2, 4, 'missing'), createFact(3, 5, 'failed')])).toEqual([
      '0-2 data',
      '2-4 missing',
      '4-9 data',
    ]);
  });

  test('agrees with a model that tracks every instant', () => {
    const states: readonly CoverageState[] = [
      'data',
      'empty',
      'failed',
      'provisional',
      'denied',
      'unavailable',
      'missing',
    ];
    const anyFact = fc
      .tuple(fc.nat(30), fc.nat(12), fc.constantFrom(...states))
      .map(([start, length, state]) => createFact(start, start + length, state));
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 25 }), (facts) => {
        const windows = computeCurrentWindows(facts);
        for (const [index, window] of windows.entries()) {
          expect(window.start).toBeLessThan(window.end);
          expect(window.start).toBeGreaterThanOrEqual(windows[index - 1]?.end ?? -Infinity);
        }
        for (let instant = 0; instant < 45; instant++) {
          let owner: CommittedFact | undefined;
          for (const one of facts) {
            const here = one.window.start <= instant && instant < one.window.end;
            const isOwnerAnswered = owner !== undefined && ['data', 'empty', 'provisional'].includes(owner.state);
            const yields = ['failed', 'denied', 'unavailable'].includes(one.state);
            const staysLost = owner?.state === 'missing' && one.state === 'failed';
            if (here && !staysLost && !(yields && isOwnerAnswered)) owner = one;
          }
          expect(windows.find(({ start, end }) => start <= instant && instant < end)?.fact).toBe(owner);
        }
      }),
    );
  });

  test('takes linear time for 300,000 windows in order of time', () => {
    const facts = Array.from({ length: 300_000 }, (_, index) => createFact(index * 10, index * 10 + 10, 'data'));
    const startedAt = performance.now();
    expect(computeCurrentWindows(facts)).toHaveLength(300_000);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});
