import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assignNames } from '../../src/scheduler/assign-names.js';

/** Parses files with their names: `a:A` is file a with the name A. */
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

/** Describes an assignment in the same notation; `b<a` means that b lost its name to a. */
const describeAssignment = (requested: string, current: string): string => {
  const { served, conflicts } = assignNames(parseFiles(requested), parseFiles(current));
  const runs = [...served].map(([file, { name }]) => `${file}:${name}`);
  return [...runs, ...[...conflicts].map(([loser, winner]) => `${loser}<${winner}`)].join(' ');
};

describe('assignNames', () => {
  it.each([
    ['a:A b:B', '', 'a:A b:B', 'all names differ'],
    ['a:A b:A', '', 'a:A b<a', 'the first file gets the name'],
    ['a:A b:A', 'b:A', 'b:A a<b', 'the file that runs under the name keeps it'],
    ['b:A', '', 'b:A', 'a moved file takes the name of the deleted one'],
    ['a:B b:A', 'a:A b:B', 'a:B b:A', 'two files swap names'],
    ['a:B b:B', 'a:A b:B', 'a:A b:B a<b', 'a file that claims a used name keeps its previous one'],
    ['a:B b:B c:A', 'a:A b:B', 'a:A b:B a<b c<a', 'the previous name of that file stays taken'],
  ])('given claims %s and running files "%s", assigns %s: %s', (requested, current, expected) => {
    expect(describeAssignment(requested, current)).toBe(expected);
  });

  it('assigns each name once and keeps the name of a running file that still claims the name', () => {
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
