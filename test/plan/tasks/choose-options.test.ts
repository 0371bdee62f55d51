import { expect, test } from 'vitest';

import { widenStrikes } from '../../../src/plan/tasks/choose-options.js';

test.each([
  [{ strikes: 10, adaptiveStrikes: false }, 3, 10],
  [{ strikes: 10, adaptiveStrikes: true }, undefined, 10],
  [{ strikes: 10, adaptiveStrikes: true }, 0.4, 10],
  [{ strikes: 10, adaptiveStrikes: true }, 1, 10],
  [{ strikes: 10, adaptiveStrikes: true }, 1.45, 15],
  [{ strikes: 10, adaptiveStrikes: true }, 9, 20],
  [{ strikes: 0, adaptiveStrikes: true }, 9, 0],
] as const)(
  'widenStrikes of %j at a volatility ratio of %s returns %i strikes on each side',
  (step, volatilityRatio, expected) => {
    expect(widenStrikes(step, volatilityRatio)).toBe(expected);
  },
);

test('widenStrikes widens a per cent, and neither a range of deltas nor all strikes', () => {
  const step = { strikes: { nearest: 2, percent: 5, delta: { min: 0.1, max: 0.9 } }, adaptiveStrikes: true };
  expect(widenStrikes(step, 1.5)).toEqual({ nearest: 3, percent: 7.5, delta: { min: 0.1, max: 0.9 } });
  expect(widenStrikes({ ...step, strikes: 'all' }, 1.5)).toBe('all');
});
