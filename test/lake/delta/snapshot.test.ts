import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toAddAction, toMetadataAction, toProtocolAction, toRemoveAction } from '../../../src/lake/delta/actions.js';
import type { LiveFile } from '../../../src/lake/delta/actions.js';
import { createCheckpointReader, writeCheckpoint } from '../../../src/lake/delta/checkpoint.js';
import { putIfAbsent } from '../../../src/lake/delta/durable-files.js';
import { commitName } from '../../../src/lake/delta/paths.js';
import { buildDatasetMetadata, minimumProtocol } from '../../../src/lake/delta/schema.js';
import { advanceSnapshot, readSnapshot } from '../../../src/lake/delta/snapshot.js';
import { openLakeFixture, temporaryFolder } from '../lake-fixture.js';

const noCheckpoints = (): never => {
  throw new Error('there is no checkpoint to read');
};

function file(path: string): LiveFile {
  return {
    path,
    partitionValues: { bar_size: '1 day', period: null },
    size: 7,
    modificationTime: 1,
    stats: '{"numRecords":1}',
    tags: { 'pipe.commits': '1,2' },
  };
}

const first = [toProtocolAction(minimumProtocol), toMetadataAction(buildDatasetMetadata('equity_bars', 'run', 1))];

/** The line of every commit that names its program. */
const by = JSON.stringify({ commitInfo: { engineInfo: 'other' } });

/** Writes commits, each a list of lines; text lines are written unchanged. */
async function createLog(commits: readonly (readonly (object | string)[])[], from = 0): Promise<string> {
  const table = await temporaryFolder();
  const log = join(table, '_delta_log');
  await mkdir(log);
  for (const [index, lines] of commits.entries()) {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    await writeFile(join(log, commitName(from + index)), [...text, by].join('\n'));
  }
  return table;
}

test('has the files that were added and not removed since', async () => {
  const table = await createLog([
    [...first, toAddAction(file('a.parquet'), true), toAddAction(file('symbol=A%2FB/b.parquet'), true)],
    [toAddAction(file('c.parquet'), true), toRemoveAction(file('a.parquet'), 5, true)],
  ]);
  const snapshot = await readSnapshot(table, noCheckpoints);
  expect([...snapshot.files.keys()]).toEqual(['symbol=A%2FB/b.parquet', 'c.parquet']);
  expect(snapshot.tombstones.get('a.parquet')).toMatchObject({ deletionTimestamp: 5, size: 7 });
  expect(snapshot.files.get('c.parquet')).toEqual(file('c.parquet'));
});

test('ignores unknown actions and keys of other writers', async () => {
  const table = await createLog([
    [...first, { txn: { appId: 'spark', version: 4, lastUpdated: 1 } }],
    [
      { commitInfo: { operation: 'WRITE', engineInfo: 'other' } },
      { cdc: { path: 'x' } },
      { future: 1 },
      JSON.stringify(toAddAction(file('a b.parquet'), true)).replace('{"path"', '{"somethingNew":[1],"path"'),
      '',
    ],
  ]);
  const snapshot = await readSnapshot(table, noCheckpoints);
  expect([...snapshot.files.keys()]).toEqual(['a b.parquet']);
  expect([...snapshot.transactions.values()]).toEqual([{ appId: 'spark', version: 4 }]);
});

test('names the file and the line of a torn line', async () => {
  const table = await createLog([first, [{ commitInfo: {} }, '{"add":{"path":"x.par']]);
  await expect(readSnapshot(table, noCheckpoints)).rejects.toMatchObject({
    name: 'LakeError',
    kind: 'malformed',
    path: join(table, '_delta_log', '00000000000000000001.json:2'),
  });
});

test('ignores temporary files of a crashed writer', async () => {
  const table = await createLog([first]);
  await writeFile(join(table, '_delta_log', '.tmp-1-00000000000000000001.json'), '{"add":');
  await writeFile(join(table, '_delta_log', '00000000000000000001.json.tmp'), '{"add":');
  expect((await readSnapshot(table, noCheckpoints)).version).toBe(0);
});

test('rejects a table with a newer protocol version', async () => {
  const table = await createLog([[toProtocolAction({ minReaderVersion: 3, minWriterVersion: 7 })]]);
  await expect(readSnapshot(table, noCheckpoints)).rejects.toThrow(/upgraded the table to reader 3/);
});

test('throws for a missing commit in the middle of the log', async () => {
  const table = await createLog([first], 0);
  await writeFile(join(table, '_delta_log', commitName(2)), '');
  await expect(readSnapshot(table, noCheckpoints)).rejects.toThrow(/00000000000000000001\.json.*missing/);
});

test('throws for a missing commit in a log of 101 commits, and for a log without its first commit', async () => {
  const commits = Array.from({ length: 100 }, () => []);
  const table = await createLog([first, ...commits]);
  expect((await readSnapshot(table, noCheckpoints)).version).toBe(100);
  await rm(join(table, '_delta_log', commitName(90)));
  await expect(readSnapshot(table, noCheckpoints)).rejects.toThrow(/00000000000000000090\.json.*missing/);
  await rm(join(table, '_delta_log', commitName(0)));
  await expect(readSnapshot(table, noCheckpoints)).rejects.toThrow(/commits before version 1 are missing/);
});

test('keeps the newest ten of fifteen checkpoints', async () => {
  const fixture = await openLakeFixture();
  const table = await createLog([[...first, toAddAction(file('a.parquet'), true)]]);
  const snapshot = await readSnapshot(table, noCheckpoints);
  for (let version = 10; version <= 150; version += 10)
    await writeCheckpoint(fixture.engine, table, { ...snapshot, version }, 0, fixture.context.names.staging);
  const names = (await readdir(join(table, '_delta_log'))).filter((name) => name.endsWith('.checkpoint.parquet'));
  expect(names.sort()[0]).toBe('00000000000000000060.checkpoint.parquet');
  expect(names).toHaveLength(10);
  const read = createCheckpointReader(() => Promise.resolve(fixture.engine), 'live');
  expect([...(await readSnapshot(table, read)).files.keys()]).toEqual(['a.parquet']);
});

test('has superseded files with scope all and none with scope live', async () => {
  const fixture = await openLakeFixture();
  const table = await createLog([
    [...first, toAddAction(file('a.parquet'), true), toAddAction(file('b.parquet'), true)],
    [toRemoveAction(file('a.parquet'), 5, true)],
  ]);
  await writeCheckpoint(
    fixture.engine,
    table,
    await readSnapshot(table, noCheckpoints),
    0,
    fixture.context.names.staging,
  );
  const engine = (): Promise<typeof fixture.engine> => Promise.resolve(fixture.engine);
  const live = await readSnapshot(table, createCheckpointReader(engine, 'live'));
  const all = await readSnapshot(table, createCheckpointReader(engine, 'all'));
  expect([...live.files]).toEqual([...all.files]);
  expect([live.tombstones.size, all.tombstones.size]).toEqual([0, 1]);
});

test('reads a checkpoint of one or two parts without the commits before it', async () => {
  const fixture = await openLakeFixture();
  const paths = Array.from({ length: 20 }, (_, index) => `symbol=M%26M/f${String(index)}.parquet`);
  const table = await createLog([
    [...first, { txn: { appId: 'other', version: 9 } }, ...paths.map((path) => toAddAction(file(path), true))],
    [toRemoveAction(file(paths[3] ?? ''), 100, true), toRemoveAction(file(paths[4] ?? ''), 200, true)],
  ]);
  const before = await readSnapshot(table, noCheckpoints);
  await writeCheckpoint(fixture.engine, table, before, 150, fixture.context.names.staging);
  const late = JSON.stringify(toAddAction(file('late.parquet'), true));
  await writeFile(join(table, '_delta_log', commitName(2)), `${late}\n${by}`);
  const read = createCheckpointReader(() => Promise.resolve(fixture.engine), 'all');
  // Other writers may delete the commits before a checkpoint.
  await rm(join(table, '_delta_log', commitName(0)));
  await rm(join(table, '_delta_log', commitName(1)));
  const after = await readSnapshot(table, read);
  expect(after.version).toBe(2);
  expect(new Map([...after.files].slice(0, -1))).toEqual(before.files);
  expect([...after.tombstones.keys()]).toEqual([paths[4]]);
  expect(after.metadata).toEqual(before.metadata);
  expect(after.transactions).toEqual(before.transactions);
  const whole = join(table, '_delta_log', '00000000000000000001.checkpoint.parquet');
  const part = (number: number): string =>
    join(table, '_delta_log', `00000000000000000001.checkpoint.000000000${String(number)}.0000000002.parquet`);
  await fixture.engine.run(`COPY (FROM read_parquet('${whole}') LIMIT 7) TO '${part(1)}' (FORMAT parquet)`, whole);
  await expect(readSnapshot(table, read)).resolves.toMatchObject({ version: 2 });
  await fixture.engine.run(`COPY (FROM read_parquet('${whole}') OFFSET 7) TO '${part(2)}' (FORMAT parquet)`, whole);
  await rename(whole, join(table, 'renamed'));
  expect((await readSnapshot(table, read)).files).toEqual(after.files);
});

test('ignores a checkpoint with a flipped bit or of another log', async () => {
  const fixture = await openLakeFixture();
  const table = await createLog([
    [...first, toAddAction(file('a.parquet'), true)],
    [toAddAction(file('b.parquet'), true)],
  ]);
  const log = join(table, '_delta_log');
  await writeCheckpoint(
    fixture.engine,
    table,
    await readSnapshot(table, noCheckpoints),
    0,
    fixture.context.names.staging,
  );
  const read = createCheckpointReader(() => Promise.resolve(fixture.engine), 'all');
  let checkpointReads = 0;
  const counting: typeof read = (...place) => {
    checkpointReads++;
    return read(...place);
  };
  const files = async (): Promise<readonly string[]> => [...(await readSnapshot(table, counting)).files.keys()];
  expect(await files()).toEqual(['a.parquet', 'b.parquet']);
  expect(checkpointReads).toBe(1);

  const checkpoint = join(log, '00000000000000000001.checkpoint.parquet');
  const whole = await readFile(checkpoint);
  const flipped = Buffer.from(whole);
  flipped.writeUInt8((flipped[40] ?? 0) ^ 1, 40);
  await writeFile(checkpoint, flipped);
  expect(await files()).toEqual(['a.parquet', 'b.parquet']);
  await writeFile(checkpoint, whole);
  // Another commit replaces the newest one: the checkpoint is of the replaced commit.
  await writeFile(join(log, commitName(1)), `${JSON.stringify(toAddAction(file('c.parquet'), true))}\n${by}`);
  expect(await files()).toEqual(['a.parquet', 'c.parquet']);
  await rename(checkpoint, join(log, '00000000000000000002.checkpoint.parquet'));
  await writeFile(join(log, commitName(2)), `${JSON.stringify(toAddAction(file('d.parquet'), true))}\n${by}`);
  expect(await files()).toEqual(['a.parquet', 'c.parquet', 'd.parquet']);
  expect(checkpointReads).toBe(1);
});

test('advances to a new commit, which exactly one of several writers created', async () => {
  const table = await createLog([first]);
  const before = await readSnapshot(table, noCheckpoints);
  expect(await advanceSnapshot(table, before)).toBe(before);
  const target = join(table, '_delta_log', commitName(1));
  const line = `${JSON.stringify(toAddAction(file('x.parquet'), true))}\n${by}`;
  expect(
    await Promise.all([1, 2, 3].map((number) => putIfAbsent(target, line, join(table, `tmp${String(number)}`)))),
  ).toHaveLength(3);
  expect(await putIfAbsent(target, 'never', join(table, 'tmp4'))).toBe(false);
  expect((await advanceSnapshot(table, before)).files.size).toBe(1);
});
