import { expect, test } from 'vitest';

import { unrestOf, unrestSessions } from '../../src/analytics/unrest.js';

/** Closes that move by so much up and down in turn. */
function closes(moves: readonly number[]): readonly number[] {
  let price = 100;
  return [100, ...moves.map((move, index) => (price *= Math.exp(index % 2 === 0 ? move : -move)))];
}

const year = (move: number): readonly number[] => new Array<number>(unrestSessions.usual).fill(move);

test('a price that moves as ever is as restless as usual', () => {
  expect(unrestOf(closes(year(0.01)))).toBeCloseTo(1, 12);
  expect(unrestOf(closes(year(0.03)))).toBeCloseTo(1, 12);
});

test('one that moves more than in its year is more restless, and less when it calms down', () => {
  const usual = year(0.01).slice(unrestSessions.recent);
  const recent = (move: number): readonly number[] => new Array<number>(unrestSessions.recent).fill(move);
  const rms = (move: number): number => Math.sqrt((230 * 0.01 ** 2 + 20 * move ** 2) / 250);
  expect(unrestOf(closes([...usual, ...recent(0.02)]))).toBeCloseTo(0.02 / rms(0.02), 9);
  expect(unrestOf(closes([...usual, ...recent(0.005)]))).toBeCloseTo(0.005 / rms(0.005), 9);
});

test('a short history, no history and a price that never moves say nothing', () => {
  expect(unrestOf([])).toBeNull();
  expect(unrestOf(closes(year(0.01).slice(0, unrestSessions.least - 1)))).toBeNull();
  expect(unrestOf(new Array<number>(300).fill(100))).toBeNull();
  expect(unrestOf(closes(year(0.01).slice(0, unrestSessions.least)))).toBeCloseTo(1, 12);
});
