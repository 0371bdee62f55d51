/**
 * Kills runs that quarantine rows, releases and archives at random moments and calls them again: the lake must equal that of an
 * undisturbed call. `npm run recovery -- --part quarantine --rounds 200 --seed 7`.
 */
import { cp, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { isCount, isString, listOf, objectOf } from '../../../src/platform/json.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { seededRandom } from '../seeded-random.js';
import { dumpLake } from './lake-dump.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '6');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));
const evening = '2026-11-20T23:00:00Z';

const plain = `name: watched
provider: mock
symbols: [AAPL, MSFT, BRK B]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 200d }
`;
const rules = `quality:
  volume: { kind: range, table: equity_bars, column: volume, max: 40000000, on_fail: quarantine }
  dear: { kind: range, table: equity_bars, column: close, max: 300, on_fail: quarantine, gap: true }
`;

interface State {
  readonly lake: Awaited<ReturnType<typeof dumpLake>>;
  readonly quarantine: readonly string[];
}

const isEntries = listOf(objectOf<{ readonly rule: string; readonly rows: number }>({ rule: isString, rows: isCount }));

/** The rows of the tables, and those in quarantine: each exactly once. */
async function readState(rig: Rig): Promise<State> {
  const listed = await rig.pipe('check', '--quarantine', '--json', '--now', evening);
  const entries: unknown = JSON.parse(listed.stdout);
  if (!isEntries(entries)) throw new Error(`unexpected document: ${listed.stdout}`);
  const check = await rig.pipe('check', '--now', evening);
  expect(check.exitCode, check.stdout).toBe(0);
  return {
    lake: await dumpLake(rig.path('data')),
    quarantine: entries.map(({ rule, rows }) => `${rule}: ${String(rows)}`).sort(),
  };
}

async function copyRig(from: Rig): Promise<Rig> {
  const rig = await createRig();
  await cp(from.folder, rig.folder, { recursive: true, verbatimSymlinks: true });
  return rig;
}

async function call(rig: Rig, args: readonly string[]): Promise<number> {
  const began = performance.now();
  const result = await rig.spawn(...args, '--now', evening).result;
  expect(result.exitCode, result.stderr).toBe(0);
  return performance.now() - began;
}

async function killAndRepeat(rig: Rig, args: readonly string[], ms: number, random: () => number): Promise<void> {
  const started = rig.spawn(...args, '--now', evening);
  await sleep((0.3 + 0.7 * random()) * ms);
  started.kill('SIGKILL');
  await started.result;
  await call(rig, args);
}

const numbers = Array.from({ length: rounds }, (_, round) => round);
const run = ['run', 'watched.yaml', '--quiet', '--steps', 'contracts'];

let template: Rig;
beforeAll(async () => {
  template = await createRig();
  await template.write('watched.yaml', plain);
  await call(template, ['run', 'watched.yaml', '--quiet']);
  await template.write('watched.yaml', plain + rules);
});

describe(`kill -9 of runs that quarantine, ${String(rounds)} times, seed ${String(seed)}`, () => {
  let expected: State;
  let duration = 0;
  beforeAll(async () => {
    const rig = await copyRig(template);
    duration = await call(rig, run);
    expected = await readState(rig);
    expect(expected.quarantine).toHaveLength(2);
    await rig.close();
  });

  test.for(numbers)('round %i', async (round) => {
    const rig = await copyRig(template);
    await killAndRepeat(rig, run, duration, seededRandom(seed + round));
    const state = await readState(rig);
    expect(state.quarantine).toEqual(expected.quarantine);
    expect(state.lake.digests).toEqual(expected.lake.digests);
    await rig.close();
  });
});

describe(`kill -9 of releases, ${String(rounds)} times, seed ${String(seed)}`, () => {
  const release = ['check', '--release', 'all'];
  let quarantined: Rig;
  let expected: State;
  let duration = 0;
  beforeAll(async () => {
    quarantined = await copyRig(template);
    await call(quarantined, run);
    const rig = await copyRig(quarantined);
    duration = await call(rig, release);
    expected = await readState(rig);
    expect(expected.quarantine).toEqual([]);
    expect(expected.lake.digests).toEqual((await dumpLake(template.path('data'))).digests);
    await rig.close();
  });

  test.for(numbers)('round %i', async (round) => {
    const random = seededRandom(seed + round);
    const rig = await copyRig(quarantined);
    const started = rig.spawn(...release, '--now', evening);
    await sleep((0.3 + 0.7 * random()) * duration);
    started.kill('SIGKILL');
    await started.result;
    // The killed call may have released everything.
    await rig.spawn(...release, '--now', evening).result;
    const state = await readState(rig);
    expect(state.quarantine).toEqual([]);
    expect(state.lake.digests).toEqual(expected.lake.digests);
    await rig.close();
  });
});

describe(`kill -9 of archives and of their way back, ${String(rounds)} times, seed ${String(seed)}`, () => {
  test.for(numbers)('round %i', async (round) => {
    const random = seededRandom(seed + round);
    const rig = await copyRig(template);
    const there = ['archive', '--older-than', '1mo', '--to', rig.path('archive')];
    const expected = await dumpLake(rig.path('data'));
    const duration = round === 0 ? await call(rig, there) : 500;
    await killAndRepeat(rig, there, duration, random);
    expect(await dumpLake(rig.path('data'))).toEqual(expected);
    const archived = (await rig.files('archive')).filter((file) => file.endsWith('.parquet'));
    expect(archived.length).toBeGreaterThan(0);
    expect((await rig.files('archive')).filter((file) => file.endsWith('.tmp'))).toEqual([]);
    await killAndRepeat(rig, ['archive', '--back'], duration, random);
    expect(await dumpLake(rig.path('data'))).toEqual(expected);
    await rm(rig.path('archive'), { recursive: true });
    expect(await dumpLake(rig.path('data'))).toEqual(expected);
    const check = await rig.pipe('check', '--now', evening);
    expect(check.exitCode, check.stdout).toBe(0);
    await rig.close();
  });
});
