import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVersionRanges, formatVersionRanges } from '../../../src/lake/delta/version-ranges.js';

test('formats adjacent versions as ranges', () => {
  expect(formatVersionRanges([3, 7, 5, 6, 9, 5])).toBe('3,5-7,9');
  expect(formatVersionRanges(Array.from({ length: 10_000 }, (_, version) => version))).toBe('0-9999');
  expect(formatVersionRanges([])).toBe('');
});

test('parses any formatted versions', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60)), (versions) => {
      expect([...parseVersionRanges(formatVersionRanges(versions))]).toEqual(versions.toSorted((a, b) => a - b));
    }),
  );
});

test('ignores text that is not a version', () => {
  expect([...parseVersionRanges('1,,x,4-,-2,7-5,3-4')]).toEqual([1, 3, 4]);
});
