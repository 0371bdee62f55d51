import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findVersionAt } from '../../../src/lake/history/find-version.js';
import { commitPath, logFolder } from '../../../src/lake/delta/paths.js';
import { temporaryFolder } from '../lake-fixture.js';

const start = Date.UTC(2026, 10, 20);

/** A log with these times of commits; null for a commit of a program that records none. */
async function writeLog(first: number, times: readonly (number | null)[]): Promise<string> {
  const table = await temporaryFolder();
  await mkdir(logFolder(table), { recursive: true });
  for (const [index, time] of times.entries()) {
    const path = commitPath(table, first + index);
    const info = time === null ? { operation: 'WRITE' } : { timestamp: time, operation: 'WRITE' };
    await writeFile(path, `${JSON.stringify({ commitInfo: info })}\n`);
    if (time === null) await utimes(path, (start + 1_000 * index) / 1_000, (start + 1_000 * index) / 1_000);
  }
  return table;
}

test.each([
  [start - 1, { kind: 'before-table' }],
  [start, { kind: 'found', version: 0, committedAt: start }],
  [start + 15, { kind: 'found', version: 1, committedAt: start + 10 }],
  [start + 20, { kind: 'found', version: 2, committedAt: start + 20 }],
  [start + 1_000_000, { kind: 'found', version: 2, committedAt: start + 20 }],
])('finds the newest version at or before %d', async (moment, expected) => {
  expect(await findVersionAt(await writeLog(0, [start, start + 10, start + 20]), moment)).toEqual(expected);
});

test('reports the oldest version that is left of a log whose beginning is deleted', async () => {
  expect(await findVersionAt(await writeLog(5, [start, start + 10]), start - 1)).toEqual({
    kind: 'before-log',
    version: 5,
    committedAt: start,
  });
});

test('uses the time of the file for a commit without a time', async () => {
  expect(await findVersionAt(await writeLog(0, [start, null, start + 20_000]), start + 5_000)).toEqual({
    kind: 'found',
    version: 1,
    committedAt: start + 1_000,
  });
});

test('returns before-table for a folder without a log', async () => {
  expect(await findVersionAt(await temporaryFolder(), start)).toEqual({ kind: 'before-table' });
});
