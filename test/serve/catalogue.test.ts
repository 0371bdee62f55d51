import { describe, expect, it } from 'vitest';

import { catalogue } from '../../src/serve/catalogue.js';
import type { FileChange } from '../../src/serve/catalogue.js';

/** Files that the test edits; every file reads `shared` too. */
function place(contents: Record<string, string>) {
  return {
    contents,
    of: catalogue({
      list: () => Promise.resolve(Object.keys(contents).filter((file) => file !== 'shared')),
      stamp: (file) => Promise.resolve(contents[file] ?? 'absent'),
      read: (file) =>
        Promise.resolve({ kind: 'unscheduled' as const, name: contents[file] ?? '', reads: [file, 'shared'] }),
    }),
  };
}

const names = (changes: readonly FileChange[]): readonly string[] =>
  changes.map((change) => `${change.kind} ${change.file}`);

describe('a catalogue', () => {
  it('reads every file once, and again when it or what it includes has changed and stays so', async () => {
    const { of, contents } = place({ a: '1', b: '1', shared: '1' });
    expect(names(await of.open())).toEqual(['read a', 'read b']);
    expect(await of.look()).toEqual([]);
    contents['a'] = 'half';
    expect(await of.look()).toEqual([]);
    contents['a'] = 'whole';
    expect(await of.look()).toEqual([]);
    expect(names(await of.look())).toEqual(['read a']);
    expect(await of.look()).toEqual([]);
    contents['shared'] = '2';
    expect(await of.look()).toEqual([]);
    expect(names(await of.look())).toEqual(['read a', 'read b']);
  });

  it('forgets an edit that was taken back before it was read', async () => {
    const { of, contents } = place({ a: '1', shared: '1' });
    await of.open();
    contents['a'] = '2';
    await of.look();
    contents['a'] = '1';
    expect(await of.look()).toEqual([]);
    contents['a'] = '2';
    expect(await of.look()).toEqual([]);
  });

  it('sees files come and go', async () => {
    const { of, contents } = place({ a: '1', shared: '1' });
    await of.open();
    contents['c'] = '1';
    expect(names(await of.look())).toEqual(['read c']);
    delete contents['a'];
    expect(names(await of.look())).toEqual(['gone a']);
  });
});
