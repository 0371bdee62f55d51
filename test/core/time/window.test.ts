import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  covers,
  intersect,
  isEmpty,
  normalize,
  noWindows,
  overlaps,
  subtract,
  totalLength,
  union,
} from '../../../src/core/time/window.js';
import type { Window, Windows } from '../../../src/core/time/window.js';

const length = 32;
const window = fc
  .tuple(fc.integer({ min: 0, max: length }), fc.integer({ min: -2, max: 10 }))
  .map(([start, size]): Window => ({ start, end: Math.min(length, start + size) }));
const anyWindows = fc.array(window, { maxLength: 10 });
const windows = anyWindows.map(normalize);

/** The instants of windows, one bit each. */
function bits(list: Iterable<Window>): readonly boolean[] {
  const result = new Array<boolean>(length).fill(false);
  for (const { start, end } of list) for (let instant = start; instant < end; instant++) result[instant] = true;
  return result;
}

const combine = (
  a: readonly boolean[],
  b: readonly boolean[],
  of: (x: boolean, y: boolean) => boolean,
): readonly boolean[] => a.map((bit, index) => of(bit, b[index] ?? false));

function expectNormal(list: Windows): void {
  for (const [index, { start, end }] of list.entries()) {
    expect(end).toBeGreaterThan(start);
    const previous = list[index - 1];
    if (previous !== undefined) expect(previous.end).toBeLessThan(start);
  }
}

describe('window algebra', () => {
  test('normalize returns the same instants as ordered windows, none empty, none touching', () => {
    fc.assert(
      fc.property(anyWindows, (list) => {
        expectNormal(normalize(list));
        expect(bits(normalize(list))).toEqual(bits(list));
      }),
    );
  });

  test('normalize returns normalized windows unchanged and does not modify its input', () => {
    fc.assert(
      fc.property(anyWindows, (list) => {
        const before = structuredClone(list);
        const once = normalize(list);
        expect(normalize(once)).toEqual(once);
        expect(list).toEqual(before);
      }),
    );
  });

  test.each([
    ['union', union, (a: boolean, b: boolean) => a || b],
    ['intersect', intersect, (a: boolean, b: boolean) => a && b],
    ['subtract', subtract, (a: boolean, b: boolean) => a && !b],
  ] as const)('%s equals the operation on single instants', (_, operation, of) => {
    fc.assert(
      fc.property(windows, windows, (a, b) => {
        const result = operation(a, b);
        expectNormal(result);
        expect(bits(result)).toEqual(combine(bits(a), bits(b), of));
      }),
      { numRuns: 500 },
    );
  });

  test('covers is true if and only if every instant of the window is in the list', () => {
    fc.assert(
      fc.property(windows, window, (list, one) => {
        const all = bits(list);
        expect(covers(list, one)).toBe(bits([one]).every((bit, index) => !bit || all[index] === true));
      }),
      { numRuns: 500 },
    );
  });

  test('overlaps is true if and only if both windows share an instant', () => {
    fc.assert(
      fc.property(window, window, (a, b) => {
        fc.pre(!isEmpty(a) && !isEmpty(b));
        expect(overlaps(a, b)).toBe(combine(bits([a]), bits([b]), (x, y) => x && y).includes(true));
      }),
    );
    expect(overlaps({ start: 0, end: 5 }, { start: 5, end: 9 })).toBe(false);
  });

  test('totalLength equals the number of instants', () => {
    fc.assert(
      fc.property(windows, (list) => {
        expect(totalLength(list)).toBe(bits(list).filter(Boolean).length);
      }),
    );
    expect(totalLength(noWindows)).toBe(0);
  });
});
