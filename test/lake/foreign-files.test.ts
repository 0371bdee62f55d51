import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunEventBody } from '../../src/core/events.js';
import type { LakeState } from '../../src/lake/api.js';
import { commitPath } from '../../src/lake/delta/paths.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { quarantine } from '../../src/lake/verify/quarantine.js';
import { openLakeWriter } from '../../src/lake/writer/lake-writer.js';
import { check, prerequisites, store } from '../checks/checking.js';
import { author, bars, equity, openLakeFixture } from './lake-fixture.js';

/** A lake whose bars another program has merged into one file, as delta-rs and Spark do: without tags. */
async function createMergedLake(): Promise<{ readonly folder: string; readonly file: string }> {
  const fixture = await openLakeFixture();
  const { folder } = fixture;
  await store(folder, [
    prerequisites,
    [bars(equity('A/B'), '2026-01-05', '2026-01-08')],
    [bars(equity("O'Neil"), '2026-01-05', '2026-01-10')],
  ]);
  const table = join(folder, 'equity_bars');
  const { files } = await fixture.log('equity_bars').refresh();
  const merged = [...files.values()];
  const paths = merged.map(({ path }) => `'${join(table, path)}'`).join(', ');
  const target = `${merged[0]?.path.split('/').slice(0, -1).join('/') ?? ''}/part-00000-foreign.zstd.parquet`;
  await fixture.engine.run(
    `COPY (SELECT * FROM read_parquet([${paths}], hive_partitioning = false)) TO '${join(table, target)}' (FORMAT parquet, COMPRESSION zstd)`,
    table,
  );
  const { size } = await stat(join(table, target));
  const partitionValues = merged[0]?.partitionValues ?? {};
  const remove = (path: string): object => ({
    remove: { path: encodeURI(path), deletionTimestamp: 1, dataChange: false, partitionValues },
  });
  const add = { path: encodeURI(target), partitionValues, size, modificationTime: 1, dataChange: false, tags: null };
  const version = (await readdir(join(table, '_delta_log'))).filter((name) => name.endsWith('.json')).length;
  const lines = [
    { commitInfo: { timestamp: 1, operation: 'OPTIMIZE', engineInfo: 'delta-rs' } },
    ...merged.map(({ path }) => remove(path)),
    { add },
  ];
  await writeFile(commitPath(table, version), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return { folder, file: target };
}

async function destroyMiddle(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(200, 0xff), 0, 200, 100);
  await file.close();
}

async function readState(folder: string): Promise<LakeState> {
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return reader.readState();
}

async function recover(folder: string): Promise<readonly RunEventBody[]> {
  const events: RunEventBody[] = [];
  const clock = { now: () => Date.UTC(2026, 1, 20), sleepUntil: () => Promise.resolve() };
  const writer = await openLakeWriter({ folder, author, clock, emit: (event) => events.push(event) });
  await writer.recover();
  await writer.close();
  return events;
}

test('a file of another program gets a checksum from the next run, which then finds a flipped bit', async () => {
  const { folder, file } = await createMergedLake();
  expect((await check(folder)).findings).toEqual([]);
  expect(await recover(folder)).toEqual([]);
  const fixture = await openLakeFixture(folder);
  const stamped = (await fixture.log('equity_bars').refresh()).files.get(file);
  expect(stamped?.tags['pipe.crc32']).toMatch(/^[0-9a-f]{8}$/);
  const version = (await fixture.log('equity_bars').refresh()).version;
  await recover(folder);
  expect((await fixture.log('equity_bars').refresh()).version).toBe(version);

  const path = join(folder, 'equity_bars', file);
  const { size } = await stat(path);
  const handle = await open(path, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.floor(size / 2));
  await handle.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, Math.floor(size / 2));
  await handle.close();
  expect((await check(folder)).findings).toMatchObject([{ rule: 'file-checksum-mismatch', dataset: 'equity_bars' }]);
});

test('a damaged file of another program is a finding, other files are checked, and the repair quarantines it', async () => {
  const { folder, file } = await createMergedLake();
  await destroyMiddle(join(folder, 'equity_bars', file));
  const { findings, damaged, files } = await check(folder);
  expect(findings).toMatchObject([
    { rule: 'file-unreadable', dataset: 'equity_bars', examples: [{ path: `equity_bars/${file}` }] },
  ]);
  expect(files.checked).toBe(3);
  await quarantine(folder, damaged);
  await recover(folder);
  const state = await readState(folder);
  expect(state.damage).toEqual([]);
  for (const symbol of ['A%2FB', "O'Neil"])
    expect(state.coverage('mock', `equity_bars/${symbol}/1 day/TRADES/rth`).map((one) => one.state)).toEqual([
      'missing',
    ]);
});

test('a run quarantines a damaged file of another program before it plans', async () => {
  const { folder, file } = await createMergedLake();
  await destroyMiddle(join(folder, 'equity_bars', file));
  expect(await recover(folder)).toMatchObject([
    { type: 'corruption-detected', dataset: 'equity_bars', path: file, problem: 'unreadable' },
  ]);
  expect(await readdir(join(folder, 'equity_bars', file, '..'))).toContain('part-00000-foreign.zstd.parquet.damaged');
  expect((await readState(folder)).coverage('mock', 'equity_bars/A%2FB/1 day/TRADES/rth')).toMatchObject([
    { state: 'missing' },
  ]);
});
