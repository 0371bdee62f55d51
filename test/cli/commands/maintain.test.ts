import { expect, test } from 'vitest';
import { addDays } from '../../../src/core/time/time.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { author, bars, equity } from '../../lake/lake-fixture.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const clock = { now: () => Date.UTC(2026, 0, 20), sleepUntil: () => Promise.resolve() };

/** Creates a lake with one small file for each of eight nights, as runs that were stopped before compaction leave it. */
async function createFragmentedRig(): Promise<Rig> {
  const rig = await createRig();
  const writer = await openLakeWriter({ folder: rig.path('data'), author, clock, emit: () => undefined });
  for (let night = 0; night < 8; night++) {
    const date = addDays('2026-01-05', night);
    await writer.receive(bars(equity('AAPL'), date, addDays(date, 1)));
    await writer.flush();
  }
  await writer.close();
  return rig;
}

async function dataFiles(rig: Rig): Promise<number> {
  return (await rig.files('data/equity_bars')).filter((path) => path.startsWith('bar_size=')).length;
}

async function rows(rig: Rig): Promise<unknown> {
  return JSON.parse(
    (await rig.pipe('query', '--json', 'SELECT count(*) AS n, count(DISTINCT session) AS sessions FROM equity_bars'))
      .stdout,
  );
}

test('merges small files at once and removes them after the retention', async () => {
  const rig = await createFragmentedRig();
  expect(await dataFiles(rig)).toBe(8);
  const merged = await rig.pipe('--now', '2026-01-20T01:00:00Z', 'maintain');
  expect(merged).toMatchObject({ exitCode: 0, stderr: '' });
  expect(merged.stdout).toBe('  table        merged          removed\n  equity_bars  8 files into 1  -\n');
  expect(await dataFiles(rig)).toBe(9);
  expect(await rig.files('data')).toContain('lake.duckdb');

  const early = await rig.pipe('--now', '2026-01-26T00:00:00Z', 'maintain');
  expect(early.stdout).toBe('Nothing to merge or remove.\n');
  const removed = await rig.pipe('--now', '2026-01-26T00:00:00Z', 'maintain', '--retention', '2d', '--json');
  expect(JSON.parse(removed.stdout)).toMatchObject({
    tables: [{ dataset: 'equity_bars', filesBefore: 0, filesAfter: 0, filesRemoved: 8 }],
  });
  expect(await dataFiles(rig)).toBe(1);
  expect(await rows(rig)).toEqual([{ n: 8, sessions: 8 }]);
});

test('does not create a lake in an empty folder, and rejects a retention of less than an hour', async () => {
  const rig = await createRig();
  expect(await rig.pipe('maintain')).toMatchObject({
    exitCode: 0,
    stdout: 'Nothing to merge or remove.\n',
  });
  expect(await rig.files()).toEqual([]);
  for (const retention of ['5m', 'long']) {
    const rejected = await rig.pipe('maintain', '--retention', retention);
    expect(rejected.exitCode).toBe(2);
    expect(rejected.stderr).toContain(`--retention ${retention}`);
  }
});

test('commits of maintenance name the command, and no hash of a pipeline', async () => {
  const rig = await createFragmentedRig();
  await rig.pipe('--now', '2026-01-20T01:00:00Z', 'maintain');
  const log = (await rig.files('data/equity_bars/_delta_log')).filter((path) => path.endsWith('.json')).sort();
  const commit = await rig.read(`data/equity_bars/_delta_log/${log.at(-1)}`);
  expect(commit).toContain('"pipeline":{"name":"pipe maintain","hash":null}');
});
