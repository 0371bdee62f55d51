import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toAddAction, toRemoveAction } from '../../../src/lake/delta/actions.js';
import type { LiveFile } from '../../../src/lake/delta/actions.js';
import { commitPath, logFolder } from '../../../src/lake/delta/paths.js';
import { advanceSnapshot, emptySnapshot } from '../../../src/lake/delta/snapshot.js';
import { findKeptFiles } from '../../../src/lake/history/kept-files.js';
import type { KeptFiles } from '../../../src/lake/history/kept-files.js';
import { temporaryFolder } from '../lake-fixture.js';

const own = { operation: 'WRITE', pipe: { run: 'r', pipeline: { name: 'p', hash: null } } };
const foreign = { operation: 'WRITE' };
const foreignMerge = { operation: 'OPTIMIZE' };

function file(
  path: string,
  partitionValues: LiveFile['partitionValues'] = { bar_size: '1 day', period: '2026' },
): LiveFile {
  return { path, partitionValues, size: 4, modificationTime: 1, stats: null, tags: {} };
}

const add = (name: string, isChange = true): object => toAddAction(file(name), isChange);
const remove = (name: string, isChange: boolean): object => toRemoveAction(file(name), 1, isChange);

/** Version 0 of a table with these commits and these files on disk. */
async function keep(
  commits: readonly (readonly [info: object, ...actions: object[]])[],
  onDisk: readonly string[],
): Promise<KeptFiles> {
  const table = await temporaryFolder();
  await mkdir(logFolder(table), { recursive: true });
  for (const [version, [commitInfo, ...actions]] of commits.entries()) {
    const lines = [{ commitInfo }, ...actions].map((line) => `${JSON.stringify(line)}\n`);
    await writeFile(commitPath(table, version), lines.join(''));
  }
  for (const name of onDisk) await writeFile(join(table, name), 'rows');
  const snapshot = await advanceSnapshot(table, emptySnapshot, 0);
  return findKeptFiles(table, { ...snapshot, version: 0 });
}

test('a merge by another program keeps the rows, in whatever order it writes the columns of a folder', async () => {
  const merged = toAddAction(file('ab', { period: '2026', bar_size: '1 day' }), false);
  const kept = await keep(
    [
      [own, add('a'), add('b')],
      [foreignMerge, remove('a', false), remove('b', false), merged],
    ],
    ['ab'],
  );
  expect({ ...kept, files: [...kept.files.keys()] }).toEqual({
    isComplete: true,
    files: ['ab'],
    merged: new Set(['ab']),
    oldestKept: null,
  });
});

test.each([
  ['rows were replaced', [own, remove('a', true), add('b')], ['b']],
  ['another program added rows before the merge', [foreign, add('b')], ['ab']],
])('a version is not complete if %s and its file is deleted', async (_, change, onDisk) => {
  const [info = {}, ...actions] = change;
  const merge = [foreignMerge, remove('a', false), remove('b', false), add('ab', false)] as const;
  const kept = await keep([[own, add('a')], [info, ...actions], merge], onDisk);
  expect(kept.isComplete).toBe(false);
  expect(kept.oldestKept).toBeGreaterThan(0);
});

test('a file that was never superseded is missing, and not a reason to refuse the version', async () => {
  const kept = await keep(
    [
      [own, add('a')],
      [own, add('b')],
    ],
    ['b'],
  );
  expect({ isComplete: kept.isComplete, files: [...kept.files.keys()] }).toEqual({ isComplete: true, files: ['a'] });
});
