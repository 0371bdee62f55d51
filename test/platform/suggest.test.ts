import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestBarSize } from '../../src/config/yaml/suggest-bar-size.js';
import { editDistance, closestMatch } from '../../src/platform/suggest.js';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

describe('editDistance', () => {
  it('returns 0 for equal words only, is symmetric, and is at most the length of the longer word', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        const distance = editDistance(one, other);
        expect(distance === 0).toBe(one === other);
        expect(distance).toBe(editDistance(other, one));
        expect(distance).toBeLessThanOrEqual(Math.max(one.length, other.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(one.length - other.length));
      }),
    );
  });

  it('counts a changed, inserted, deleted or swapped letter as 1', () => {
    for (const other of ['lookbeck', 'lookbacks', 'lookbak', 'lokoback'])
      expect(editDistance('lookback', other)).toBe(1);
  });
});

describe('closestMatch', () => {
  it.each([
    ['lookbak', 'lookback'],
    ['barSize', 'bar_size'],
    ['BAR-SIZE', 'bar_size'],
    ['strike', 'strikes'],
    ['what', 'what'],
    ['colour', null],
    ['x'.repeat(1_000), null],
  ])('returns the right match for %s: %s', (text, expected) => {
    expect(closestMatch(text, ['bar_size', 'lookback', 'strikes', 'what', 'hours'])).toBe(expected);
  });
});

describe('nearestBarSize', () => {
  it.each([
    ['5m', '5 mins'],
    ['5 minute', '5 mins'],
    ['1d', '1 day'],
    ['daily', '1 day'],
    ['60 mins', '1 hour'],
    ['1 sec', '1 secs'],
    ['7 mins', '5 mins'],
    ['1 week', null],
    ['tick', null],
    ['0 mins', null],
  ])('returns the right match for %s: %s', (text, expected) => {
    expect(suggestBarSize(text)).toBe(expected);
  });
});
