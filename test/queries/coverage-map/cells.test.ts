import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cellLetters, createPatterns } from '../../../src/queries/coverage-map/cells.js';

const states = Object.keys(cellLetters);
const rows = fc.array(
  fc.array(fc.nat(states.length - 1), { minLength: 1, maxLength: 40 }).map((cells) => Uint8Array.from(cells)),
  { minLength: 1, maxLength: 20 },
);

function decode(text: string): readonly string[] {
  const names = new Map(Object.entries(cellLetters).map(([state, letter]) => [letter as string, state]));
  return [...text.matchAll(/([a-z])(\d+)/g)].flatMap(([, letter = '', length]) =>
    new Array<string>(Number(length)).fill(names.get(letter) ?? ''),
  );
}

describe('the patterns of a map', () => {
  it('decode to the cells of each row, and count them by state without closed days', () => {
    fc.assert(
      fc.property(rows, (added) => {
        const patterns = createPatterns();
        const indexes = added.map((cells) => patterns.add({ cells, edges: [...cells.keys()].reverse() }));
        const texts = patterns.texts();
        const expected: Record<string, number> = {};
        for (const [position, cells] of added.entries()) {
          const names = [...cells].map((code) => states[code] ?? '');
          expect(decode(texts[indexes[position] ?? -1] ?? '')).toEqual(names);
          for (const name of names) if (name !== 'closed') expected[name] = (expected[name] ?? 0) + 1;
        }
        expect(patterns.counts()).toEqual(expected);
        expect(new Set(texts).size).toBe(texts.length);
      }),
    );
  });
});
