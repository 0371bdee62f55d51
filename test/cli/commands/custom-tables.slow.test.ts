import { readFile, rm, writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const now = ['--now', '2026-11-20T23:00:00Z'];
const pipeline = `name: daily
provider: mock
symbols: [AAPL, MSFT]
steps:
  contracts: { refresh: 7d }
  names: { uses: sql, needs: contracts, query: "SELECT DISTINCT symbol FROM contracts" }
`;
const log = 'data/names/_delta_log';
const firstCommit = `${log}/00000000000000000000.json`;

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  await rig.write('daily.yaml', pipeline);
  expect((await rig.pipe(...now, 'run', 'daily.yaml', '--quiet')).exitCode).toBe(0);
});

async function expectMended(): Promise<void> {
  const run = await rig.pipe(...now, 'run', 'daily.yaml', '--quiet');
  expect(run.exitCode, run.stderr).toBe(0);
  const rows = await rig.pipe('query', '--csv', 'SELECT symbol FROM names ORDER BY symbol');
  expect(rows.stdout).toBe('symbol\nAAPL\nMSFT\n');
  const check = await rig.pipe('check');
  expect(check.exitCode, check.stdout).toBe(0);
}

async function flipByte(path: string, position: number, bits = 1): Promise<void> {
  const content = await readFile(rig.path(path));
  content.writeUInt8(content.readUInt8(position) ^ bits, position);
  await writeFile(rig.path(path), content);
}

async function findDataFile(): Promise<string> {
  const path = (await rig.files('data/names')).find((name) => name.endsWith('.parquet') && !name.startsWith('_'));
  return `data/names/${path ?? ''}`;
}

describe('a check of the table of a custom step finds', () => {
  test.each<[string, () => Promise<void>, RegExp, RegExp]>([
    [
      'a flipped bit in a commit',
      () => flipByte(firstCommit, 200),
      /names +commit-damaged/,
      /1 commit restored as written/,
    ],
    [
      'a commit with more damage',
      () => flipByte(firstCommit, 200, 7),
      /names +commit-lost/,
      /quarantined; the next run computes the table anew/,
    ],
    [
      'a damaged file',
      async () => flipByte(await findDataFile(), 40),
      /names +file-checksum-mismatch/,
      /1 file quarantined/,
    ],
    ['a missing file', async () => rm(rig.path(await findDataFile())), /names +file-missing/, /failed/],
    [
      'a damaged Delta checkpoint',
      () => rig.write(`${log}/_last_checkpoint`, '{"version":0,"size":1}'),
      /names +delta-checkpoint/,
      /1 checkpoint written again/,
    ],
  ])('%s, a repair and a run mend it', async (_, damage, finding, repaired) => {
    await damage();
    const check = await rig.pipe('check');
    expect(check.exitCode).toBe(5);
    expect(check.stdout).toMatch(finding);
    expect((await rig.pipe('check', '--dataset', 'contracts')).exitCode).toBe(0);
    expect((await rig.pipe('check', '--repair')).stdout).toMatch(repaired);
    await expectMended();
  });
});

test.each<[string, object, string]>([
  ['is append-only', { configuration: { 'delta.appendOnly': 'true' } }, 'the table property delta.appendOnly is true'],
  ['has a raised protocol', {}, 'another program raised the Delta protocol to writer 7'],
])('a table that another program changed is read, and its step is blocked: it %s', async (_, change, problem) => {
  const { metaData } = JSON.parse(
    (await readFile(rig.path(firstCommit), 'utf8')).split('\n').find((line) => line.startsWith('{"metaData"')) ?? '',
  ) as { readonly metaData: object };
  const isProtocol = Object.keys(change).length === 0;
  const action = isProtocol
    ? { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly'] } }
    : { metaData: { ...metaData, ...change } };
  const lines = [{ commitInfo: { operation: 'SET TBLPROPERTIES' } }, action].map((line) => `${JSON.stringify(line)}\n`);
  await rig.write(firstCommit.replace('0.json', '1.json'), lines.join(''));
  const run = await rig.pipe(...now, 'run', 'daily.yaml', '--force');
  expect(run.exitCode).toBe(3);
  expect(run.stdout + run.stderr).toContain(`the table names cannot be written: ${problem}`);
  expect((await rig.pipe('query', 'SELECT * FROM names')).exitCode).toBe(0);
});
