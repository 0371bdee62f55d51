import { describe, expect, it } from 'vitest';

import { createPipelineWatcher } from '../../src/scheduler/pipeline-watcher.js';
import type { FileChange } from '../../src/scheduler/pipeline-watcher.js';

/** Watches files that the test edits; every file also includes `shared`. */
function createWatcher(contents: Record<string, string>) {
  return {
    contents,
    watcher: createPipelineWatcher({
      list: () => Promise.resolve(Object.keys(contents).filter((file) => file !== 'shared')),
      fingerprint: (file) => Promise.resolve(contents[file] ?? 'absent'),
      read: (file) =>
        Promise.resolve({ kind: 'unscheduled' as const, name: contents[file] ?? '', sourceFiles: [file, 'shared'] }),
    }),
  };
}

const describeChanges = (changes: readonly FileChange[]): readonly string[] =>
  changes.map((change) => `${change.kind} ${change.file}`);

describe('createPipelineWatcher', () => {
  it('reads a file again after the file or an included file has changed and is stable for one poll', async () => {
    const { watcher, contents } = createWatcher({ a: '1', b: '1', shared: '1' });
    expect(describeChanges(await watcher.readAll())).toEqual(['read a', 'read b']);
    expect(await watcher.poll()).toEqual([]);
    contents['a'] = 'half';
    expect(await watcher.poll()).toEqual([]);
    contents['a'] = 'whole';
    expect(await watcher.poll()).toEqual([]);
    expect(describeChanges(await watcher.poll())).toEqual(['read a']);
    expect(await watcher.poll()).toEqual([]);
    contents['shared'] = '2';
    expect(await watcher.poll()).toEqual([]);
    expect(describeChanges(await watcher.poll())).toEqual(['read a', 'read b']);
  });

  it('does not read a file whose edit was reverted before the file was stable', async () => {
    const { watcher, contents } = createWatcher({ a: '1', shared: '1' });
    await watcher.readAll();
    contents['a'] = '2';
    await watcher.poll();
    contents['a'] = '1';
    expect(await watcher.poll()).toEqual([]);
    contents['a'] = '2';
    expect(await watcher.poll()).toEqual([]);
  });

  it('reports new files and deleted files', async () => {
    const { watcher, contents } = createWatcher({ a: '1', shared: '1' });
    await watcher.readAll();
    contents['c'] = '1';
    expect(describeChanges(await watcher.poll())).toEqual(['read c']);
    delete contents['a'];
    expect(describeChanges(await watcher.poll())).toEqual(['removed a']);
  });
});
