import { expect, test } from 'vitest';

import { strikeDepth } from '../../../src/plan/tasks/strike-depth.js';

test.each([
  [{ strikes: 10, adaptive: false }, 3, 10],
  [{ strikes: 10, adaptive: true }, undefined, 10],
  [{ strikes: 10, adaptive: true }, 0.4, 10],
  [{ strikes: 10, adaptive: true }, 1, 10],
  [{ strikes: 10, adaptive: true }, 1.45, 15],
  [{ strikes: 10, adaptive: true }, 9, 20],
  [{ strikes: 0, adaptive: true }, 9, 0],
] as const)('%j at an unrest of %s takes %i strikes on each side', (step, unrest, expected) => {
  expect(strikeDepth(step, unrest)).toBe(expected);
});
