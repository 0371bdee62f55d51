import { expect, test } from 'vitest';

import { realizedVolatilityRatio, volatilityRatioSessions } from '../../../src/analytics/history/volatility-ratio.js';

/** Closes that alternate up and down by these moves. */
function closes(moves: readonly number[]): readonly number[] {
  let price = 100;
  return [100, ...moves.map((move, index) => (price *= Math.exp(index % 2 === 0 ? move : -move)))];
}

const year = (move: number): readonly number[] => new Array<number>(volatilityRatioSessions.baseline).fill(move);

test('realizedVolatilityRatio is 1 for constant moves', () => {
  expect(realizedVolatilityRatio(closes(year(0.01)))).toBeCloseTo(1, 12);
  expect(realizedVolatilityRatio(closes(year(0.03)))).toBeCloseTo(1, 12);
});

test('realizedVolatilityRatio is above 1 for growing moves and below 1 for shrinking moves', () => {
  const usual = year(0.01).slice(volatilityRatioSessions.recent);
  const recent = (move: number): readonly number[] => new Array<number>(volatilityRatioSessions.recent).fill(move);
  const rms = (move: number): number => Math.sqrt((230 * 0.01 ** 2 + 20 * move ** 2) / 250);
  expect(realizedVolatilityRatio(closes([...usual, ...recent(0.02)]))).toBeCloseTo(0.02 / rms(0.02), 9);
  expect(realizedVolatilityRatio(closes([...usual, ...recent(0.005)]))).toBeCloseTo(0.005 / rms(0.005), 9);
});

test('realizedVolatilityRatio is null for a short or empty history and for a constant price', () => {
  expect(realizedVolatilityRatio([])).toBeNull();
  expect(realizedVolatilityRatio(closes(year(0.01).slice(0, volatilityRatioSessions.minimum - 1)))).toBeNull();
  expect(realizedVolatilityRatio(new Array<number>(300).fill(100))).toBeNull();
  expect(realizedVolatilityRatio(closes(year(0.01).slice(0, volatilityRatioSessions.minimum)))).toBeCloseTo(1, 12);
});
