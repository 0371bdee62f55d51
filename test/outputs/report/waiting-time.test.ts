import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createWaitingTime } from '../../../src/outputs/report/waiting-time.js';

function measure(waits: readonly (readonly [start: number, end: number])[]): number {
  const time = createWaitingTime();
  for (const [start, end] of waits) time.add(end, end - start);
  return time.total();
}

test.each([
  ['no waits', [], 0],
  ['one wait', [[0, 90]], 90],
  ['70 requests that wait at the same time', Array.from({ length: 70 }, () => [0, 90] as const), 90],
  [
    'waits one after the other',
    [
      [0, 10],
      [20, 30],
    ],
    20,
  ],
  [
    'a long wait around shorter ones',
    [
      [10, 20],
      [30, 40],
      [5, 50],
    ],
    45,
  ],
  [
    'overlapping waits',
    [
      [0, 10],
      [5, 15],
      [14, 20],
    ],
    20,
  ],
] satisfies readonly (readonly [string, readonly (readonly [number, number])[], number])[])(
  'measures the time during which something waits: %s',
  (_, waits, total) => {
    expect(measure(waits)).toBe(total);
  },
);

test('equals the number of instants at which at least one wait is in progress', () => {
  const wait = fc
    .tuple(fc.nat(60), fc.integer({ min: 1, max: 30 }))
    .map(([start, length]) => [start, start + length] as const);
  fc.assert(
    fc.property(fc.array(wait, { maxLength: 20 }), (unsorted) => {
      const waits = [...unsorted].sort((a, b) => a[1] - b[1]);
      const instants = new Set(
        waits.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i)),
      );
      expect(measure(waits)).toBe(instants.size);
    }),
  );
});

test('never exceeds the elapsed time with more disjoint waits than it keeps', () => {
  const waits = Array.from({ length: 5_000 }, (_, index) => [index * 10, index * 10 + 4] as const);
  expect(measure(waits)).toBe(20_000);
});
