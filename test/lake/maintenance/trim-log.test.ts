import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toAddAction, toMetadataAction, toProtocolAction, toRemoveAction } from '../../../src/lake/delta/actions.js';
import type { LiveFile } from '../../../src/lake/delta/actions.js';
import { checkpointPath, commitPath, logFolder } from '../../../src/lake/delta/paths.js';
import { buildDatasetMetadata, minimumProtocol } from '../../../src/lake/delta/schema.js';
import { trimLog } from '../../../src/lake/maintenance/trim-log.js';
import { openLakeFixture } from '../lake-fixture.js';
import type { LakeFixture } from '../lake-fixture.js';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 20);

function file(path: string): LiveFile {
  return { path, partitionValues: {}, size: 4, modificationTime: 1, stats: null, tags: {} };
}

/** Writes the log of a table up to a version; `lines` are those of some of its commits. */
async function writeLog(
  table: string,
  last: number,
  lines: Readonly<Record<number, readonly object[]>> = {},
): Promise<void> {
  await mkdir(logFolder(table), { recursive: true });
  for (let version = 0; version <= last; version++) {
    const header = [
      toProtocolAction(minimumProtocol),
      toMetadataAction(buildDatasetMetadata('equity_bars', 'run', now)),
    ];
    const content = [{ commitInfo: {} }, ...(version === 0 ? header : []), ...(lines[version] ?? [])];
    await writeFile(commitPath(table, version), content.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

async function trim({ folder, engine, context }: LakeFixture, version: number): Promise<readonly number[]> {
  const table = join(folder, 'equity_bars');
  await trimLog({ engine: () => Promise.resolve(engine), table, version, now, staging: context.names.staging });
  return Array.from({ length: version + 1 }, (_, one) => one).filter((one) => existsSync(checkpointPath(table, one)));
}

test('every tenth commit gets a checkpoint', async () => {
  const fixture = await openLakeFixture();
  await writeLog(join(fixture.folder, 'equity_bars'), 12);
  expect(await trim(fixture, 9)).toEqual([]);
  expect(await trim(fixture, 10)).toEqual([10]);
});

test('a tenth commit of another program gets its checkpoint with the next own commit, once', async () => {
  const fixture = await openLakeFixture();
  const table = join(fixture.folder, 'equity_bars');
  await writeLog(table, 22);
  expect(await trim(fixture, 13)).toEqual([10]);
  await writeFile(checkpointPath(table, 10), 'as written');
  expect(await trim(fixture, 19)).toEqual([10]);
  expect(await trim(fixture, 22)).toEqual([10, 20]);
});

test('a file that is live again after the checkpoint is not deleted', async () => {
  const fixture = await openLakeFixture();
  const table = join(fixture.folder, 'equity_bars');
  const lines = {
    1: [toAddAction(file('back.parquet'), true), toAddAction(file('gone.parquet'), true)],
    2: [
      toRemoveAction(file('back.parquet'), now - 30 * day, true),
      toRemoveAction(file('gone.parquet'), now - 30 * day, true),
    ],
    11: [toAddAction(file('back.parquet'), true)],
  };
  await writeLog(table, 12, lines);
  for (const name of ['back.parquet', 'gone.parquet']) await writeFile(join(table, name), 'rows');
  expect(await trim(fixture, 12)).toEqual([10]);
  expect(existsSync(join(table, 'back.parquet'))).toBe(true);
  expect(existsSync(join(table, 'gone.parquet'))).toBe(false);
});
