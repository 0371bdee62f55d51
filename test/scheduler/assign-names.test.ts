import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assignNames } from '../../src/scheduler/assign-names.js';

const parseFiles = (written: string): ReadonlyMap<string, { readonly name: string }> =>
  new Map(
    written
      .split(' ')
      .filter(Boolean)
      .map((pair): [string, { readonly name: string }] => {
        const [file = '', name = ''] = pair.split(':');
        return [file, { name }];
      }),
  );

const describeAssignment = (requested: string, current: string): string => {
  const { served, conflicts } = assignNames(parseFiles(requested), parseFiles(current));
  const runs = [...served].map(([file, { name }]) => `${file}:${name}`);
  return [...runs, ...[...conflicts].map(([loser, winner]) => `${loser}<${winner}`)].join(' ');
};

describe('names', () => {
  it.each([
    ['a:A b:B', '', 'a:A b:B', 'all have their own'],
    ['a:A b:A', '', 'a:A b<a', 'the first has it'],
    ['a:A b:A', 'b:A', 'b:A a<b', 'whoever is run under it keeps it'],
    ['b:A', '', 'b:A', 'a file that was moved has the name of the one that is gone'],
    ['a:B b:A', 'a:A b:B', 'a:B b:A', 'two files may change names'],
    ['a:B b:B', 'a:A b:B', 'a:A b:B a<b', 'an edit that cannot be used leaves all as it was'],
    ['a:B b:B c:A', 'a:A b:B', 'a:A b:B a<b c<a', 'and that name is not free'],
  ])('%s after %s: %s (%s)', (requested, current, expected) => {
    expect(describeAssignment(requested, current)).toBe(expected);
  });

  it('are given once, whatever is wanted; nobody loses what he has and still wants', () => {
    const files = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom('A', 'B', 'C').map((name) => ({ name })),
    );
    fc.assert(
      fc.property(
        files,
        fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('A', 'B', 'C'))),
        (requested, pairs) => {
          const current = new Map<string, { readonly name: string }>();
          for (const [file, name] of pairs) {
            if (!(file in requested) || [...current.values()].some((other) => other.name === name)) continue;
            current.set(file, { name });
          }
          const { served, conflicts } = assignNames(new Map(Object.entries(requested)), current);
          const names = [...served.values()].map(({ name }) => name);
          expect(new Set(names).size).toBe(names.length);
          for (const [file, { name }] of Object.entries(requested)) {
            expect(served.has(file) || conflicts.has(file)).toBe(true);
            if (current.get(file)?.name === name) expect(served.get(file)?.name).toBe(name);
          }
        },
      ),
    );
  });
});
