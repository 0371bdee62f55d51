import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { day, hour, minute } from '../../../src/core/time/time.js';
import type { Tombstone } from '../../../src/lake/delta/actions.js';
import { emptySnapshot } from '../../../src/lake/delta/snapshot.js';
import { computeRetentionCutoff, vacuumSuperseded } from '../../../src/lake/maintenance/vacuum.js';
import { temporaryFolder } from '../lake-fixture.js';

const now = Date.UTC(2026, 10, 20);

/** Files that were superseded at regular intervals, the last one now. */
function superseded(count: number, every: number): { readonly tombstones: ReadonlyMap<string, Tombstone> } {
  const files = Array.from({ length: count }, (_, index): Tombstone => {
    return { path: `${index}.parquet`, deletionTimestamp: now - index * every, partitionValues: {}, size: 1 };
  });
  return { tombstones: new Map(files.map((file) => [file.path, file])) };
}

test('keeps superseded files for a week if there are at most a thousand', () => {
  expect(computeRetentionCutoff(superseded(0, minute), now)).toBe(now - 7 * day);
  expect(computeRetentionCutoff(superseded(1_000, minute), now)).toBe(now - 7 * day);
  expect(computeRetentionCutoff(superseded(1_000, day), now)).toBe(now - 7 * day);
});

test('keeps the newest thousand of more than a thousand superseded files for a week', () => {
  expect(computeRetentionCutoff(superseded(3_000, 5 * minute), now)).toBe(now - 999 * 5 * minute);
  expect(computeRetentionCutoff(superseded(3_000, hour), now)).toBe(now - 7 * day);
});

test('keeps superseded files for at least a day, however many there are', () => {
  expect(computeRetentionCutoff(superseded(10_000, minute), now)).toBe(now - day);
  expect(computeRetentionCutoff(superseded(10_000, 0), now)).toBe(now - day);
});

test('deletes superseded files of the table and no file outside the table folder', async () => {
  const folder = await temporaryFolder();
  const table = join(folder, 'quotes');
  await mkdir(table);
  const outside = join(folder, 'outside.parquet');
  for (const path of [outside, join(table, 'inside.parquet')]) await writeFile(path, 'x');
  const paths = ['inside.parquet', '../outside.parquet', 'a/../../outside.parquet', outside, `file:${outside}`];
  const tombstones = new Map(
    paths.map((path): [string, Tombstone] => [path, { path, deletionTimestamp: 0, partitionValues: {}, size: 1 }]),
  );
  expect(await vacuumSuperseded(table, { ...emptySnapshot, tombstones }, now)).toEqual({ files: 1, bytes: 1 });
  expect(await readdir(table)).toEqual([]);
  expect(await readdir(folder)).toEqual(['outside.parquet', 'quotes']);
});
