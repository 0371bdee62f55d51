import { expect, test } from 'vitest';

import { strikeDepth } from '../../../src/plan/tasks/choose-options.js';

test.each([
  [{ strikes: 10, adaptiveStrikes: false }, 3, 10],
  [{ strikes: 10, adaptiveStrikes: true }, undefined, 10],
  [{ strikes: 10, adaptiveStrikes: true }, 0.4, 10],
  [{ strikes: 10, adaptiveStrikes: true }, 1, 10],
  [{ strikes: 10, adaptiveStrikes: true }, 1.45, 15],
  [{ strikes: 10, adaptiveStrikes: true }, 9, 20],
  [{ strikes: 0, adaptiveStrikes: true }, 9, 0],
] as const)(
  'strikeDepth of %j at a volatility ratio of %s returns %i strikes on each side',
  (step, volatilityRatio, expected) => {
    expect(strikeDepth(step, volatilityRatio)).toBe(expected);
  },
);
