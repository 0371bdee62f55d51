import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatCount } from '../../src/platform/format.js';

test('formatCount groups the digits of any number as the number formatter of the language does', () => {
  const exceptNegativeZero = (count: number): boolean => !Object.is(count, -0);
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true }).filter(exceptNegativeZero)), (count) => {
      expect(formatCount(count)).toBe(count.toLocaleString('en-US'));
    }),
  );
});
