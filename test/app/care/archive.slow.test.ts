import { lstat, rename, rm } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';

import { exitCode } from '../../../src/app/exit-code.js';
import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';

const evening = '2026-11-20T22:30:00Z';
const pipeline = `name: watched
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: 1 day, lookback: 2y }
`;

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  await rig.write('pipelines/watched.yaml', pipeline);
  await pipe('run', 'pipelines/watched.yaml', '--quiet');
});

/** Calls a command that has to succeed. */
async function pipe(...args: readonly string[]): Promise<string> {
  const result = await call(...args);
  expect(result.exitCode, result.stderr + result.stdout).toBe(0);
  return result.stdout;
}

function call(...args: readonly string[]): Promise<CallResult> {
  return rig.pipe(...args, '--now', evening);
}

const bars = (): Promise<string> => pipe('query', 'SELECT * FROM equity_bars ORDER BY ALL', '--json');
const archive = (): Promise<string> => pipe('archive', '--older-than', '2mo', '--to', 'archive');

async function listLinks(): Promise<readonly string[]> {
  const links: string[] = [];
  for (const file of await rig.files('data'))
    if ((await lstat(rig.path('data', file))).isSymbolicLink()) links.push(file);
  return links;
}

describe('an archive', () => {
  test('is read by queries, plan, check and lineage like the rest of the lake, and comes back', async () => {
    const before = await bars();
    expect(await archive()).toContain('(2024 to 2025)');
    expect(await listLinks()).toHaveLength(2);
    expect(await bars()).toBe(before);
    expect(await pipe('plan', 'pipelines/watched.yaml', '--exit-code')).toContain('Nothing to fetch');
    expect(await pipe('check')).toContain('ok');
    expect(await pipe('why', 'AAPL', '2025-03-03')).toContain('close =');
    expect(await archive()).toContain('nothing archived');

    expect(await pipe('archive', '--back')).toContain('moved back');
    expect(await listLinks()).toEqual([]);
    expect((await rig.files('archive')).filter((file) => file.endsWith('.parquet'))).toEqual([]);
    await rm(rig.path('archive'), { recursive: true });
    expect(await bars()).toBe(before);
  });

  test('that is not there is an error of the storage, and nothing is missing or requested', async () => {
    const before = await bars();
    await archive();
    await rename(rig.path('archive'), rig.path('elsewhere'));
    for (const args of [
      ['plan', 'pipelines/watched.yaml'],
      ['run', 'pipelines/watched.yaml'],
      ['status'],
      ['check'],
      ['check', '--repair'],
      ['maintain'],
      ['archive', '--back'],
      ['backup', 'backups'],
      ['query', 'SELECT count(*) FROM equity_bars'],
    ]) {
      const result = await call(...args);
      expect(result.exitCode, args.join(' ') + result.stdout).toBe(exitCode.storage);
      expect(result.stderr, args.join(' ')).toContain('mount the folder of the archive');
    }
    await rename(rig.path('elsewhere'), rig.path('archive'));
    expect(await bars()).toBe(before);
    expect(await pipe('plan', 'pipelines/watched.yaml', '--exit-code')).toContain('Nothing to fetch');
  });

  test('that lacks a file has lost it, and the next run fetches its rows again', async () => {
    const before = await bars();
    await archive();
    const [lost = ''] = (await rig.files('archive')).filter((file) => file.endsWith('.parquet'));
    await rm(rig.path('archive', lost));
    expect((await call('check')).exitCode).toBe(exitCode.checkFailed);
    await pipe('run', 'pipelines/watched.yaml', '--quiet');
    const columns = 'SELECT symbol, ts, close FROM equity_bars ORDER BY ALL';
    expect(JSON.parse(await pipe('query', columns, '--json'))).toHaveLength([...before.matchAll(/"symbol"/g)].length);
    expect(await pipe('check')).toContain('ok');
  });

  test('belongs to one lake, and is outside of it', async () => {
    await archive();
    await pipe('run', 'pipelines/watched.yaml', '--quiet', '--data', 'other');
    const shared = await call('archive', '--older-than', '2mo', '--to', 'archive', '--data', 'other');
    expect(shared.exitCode).toBe(exitCode.storage);
    expect(shared.stderr).toContain('is the archive of another lake');
    expect((await call('archive', '--older-than', '2mo', '--to', 'data/old')).exitCode).toBe(exitCode.usage);
    expect((await call('archive', '--older-than', 'soon', '--to', 'archive')).exitCode).toBe(exitCode.usage);
    expect((await call('archive', '--back', '--to', 'archive')).exitCode).toBe(exitCode.usage);
    expect((await call('archive')).exitCode).toBe(exitCode.usage);
  });
});

describe('periodic maintenance', () => {
  test('does the work of a week and reports it', async () => {
    const text = await pipe('maintain', '--weekly');
    expect(text).toMatch(/contracts +ok +watched: up to date/);
    expect(text).toMatch(/validate +ok +watched: ok/);
    // The run that fetched, and the refresh of the contracts.
    expect(text).toMatch(/runs +2 \(2 ok\)/);
    expect(await rig.files('lineage/performance')).toEqual(['weekly-2026-11-20.json']);
  });

  test('archives a year in the work of a month', async () => {
    const before = await bars();
    expect(await pipe('maintain', '--monthly')).toMatch(/archive +skipped/);
    expect(await pipe('maintain', '--monthly', '--archive-to', 'archive')).toMatch(/archive +ok +1 file/);
    expect(await bars()).toBe(before);
    expect((await call('maintain', '--weekly', '--monthly')).exitCode).toBe(exitCode.usage);
    expect((await call('maintain', '--archive-to', 'archive')).exitCode).toBe(exitCode.usage);
  });
});
