/**
 * Kills `pipe maintain`, `pipe check --repair` and the collector at random moments and calls them again: the lake must equal that
 * of an undisturbed call. `npm run recovery -- --part kill-commands --rounds 200 --seed 7`; the collector gets half of the rounds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { exitCode } from '../../../src/app/exit-code.js';
import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';
import { copyRig } from '../copy-rig.js';
import { seededRandom } from '../seeded-random.js';
import { damageFile, damageKinds } from './damage-file.js';
import type { DamageTarget } from './damage-file.js';
import { compareLakes, dumpLake } from './lake-dump.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '6');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

const pipeline = `name: killed
provider: mock
providers: { mock: { delay: 2ms } }
pacing: { budgets: [{ name: all, kind: rolling, limit: 100000, window: 10m }] }
schedule: { every: 1s, max_cycles: 2 }
symbols: [AAPL, BRK B, NO]
steps:
  contracts: { refresh: 20h }
  chains: { needs: contracts, refresh: 20h }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 30d }
  options: { needs: [chains, equity], lookback: 3 sessions, strikes: 1, expiries: 1 }
`;

const evenings = Array.from({ length: 24 }, (_, day) => new Date(Date.UTC(2026, 9, 14 + day, 23)).toISOString());
/** Weeks later: superseded files are old enough to be deleted. */
const later = '2026-11-20T23:00:00Z';

let template: Rig;
beforeAll(async () => {
  template = await createRig();
  await template.write('killed.yaml', pipeline);
  for (const evening of evenings)
    expect((await template.pipe('run', 'killed.yaml', '--now', evening, '--quiet')).stderr).toBe('');
});

function list(count: number): readonly number[] {
  return Array.from({ length: Math.max(1, Math.round(count)) }, (_, round) => round);
}

/** Calls a command in a process of its own; returns its duration in milliseconds. */
async function timeCall(
  rig: Rig,
  args: readonly string[],
): Promise<{ readonly ms: number; readonly result: CallResult }> {
  const began = performance.now();
  const result = await rig.spawn(...args).result;
  return { ms: performance.now() - began, result };
}

/** Starts a command, kills it at a random moment of its usual duration, and calls it again until its end. */
async function killAndRepeat(rig: Rig, args: readonly string[], ms: number, random: () => number): Promise<CallResult> {
  const call = rig.spawn(...args);
  await sleep(random() * ms);
  call.kill('SIGKILL');
  await call.result;
  return rig.spawn(...args).result;
}

describe(`kill -9 of maintenance, ${String(rounds)} times, seed ${String(seed)}`, () => {
  const args = ['maintain', '--now', later];
  let expected: Awaited<ReturnType<typeof dumpLake>>;
  let duration = 0;
  beforeAll(async () => {
    expected = await dumpLake(template.path('data'));
    const rig = await copyRig(template);
    const { ms, result } = await timeCall(rig, args);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toContain('merged');
    duration = ms;
    expect(await compareLakes(expected, await dumpLake(rig.path('data')))).toEqual([]);
    await rig.close();
  });

  test.for(list(rounds))('round %i', async (round) => {
    const rig = await copyRig(template);
    const again = await killAndRepeat(rig, args, duration, seededRandom(seed + round));
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await compareLakes(expected, await dumpLake(rig.path('data')))).toEqual([]);
    const check = await rig.pipe('check', '--now', later);
    expect(check.exitCode, check.stdout).toBe(0);
    await rig.close();
  });
});

describe(`kill -9 of repairs, ${String(rounds)} times, seed ${String(seed)}`, () => {
  const args = ['check', '--repair', '--now', later, '--json'];
  const targets: readonly DamageTarget[] = [
    'commit',
    'delta-checkpoint',
    'coverage-checkpoint',
    'parquet',
    'lake.duckdb',
  ];

  test.for(list(rounds))('round %i', async (round) => {
    const random = seededRandom(seed * 1_000 + round);
    const damaged = await copyRig(template);
    const target = targets[round % targets.length] ?? 'commit';
    const kind = damageKinds[Math.floor(random() * damageKinds.length)] ?? 'flip';
    const { path } = await damageFile(damaged.path('data'), target, kind, random);
    const context = `${target} ${kind}: ${path}`;
    const [undisturbed, rig] = [await copyRig(damaged), await copyRig(damaged)];
    const { ms, result } = await timeCall(undisturbed, args);
    expect([0, exitCode.checkFailed], `${context} ${result.stderr}`).toContain(result.exitCode);
    const again = await killAndRepeat(rig, args, ms, random);
    expect([0, exitCode.checkFailed], `${context} ${again.stderr}`).toContain(again.exitCode);
    const [wanted, has] = [await dumpLake(undisturbed.path('data')), await dumpLake(rig.path('data'))];
    expect(await compareLakes(wanted, has), context).toEqual([]);
    for (const one of [damaged, undisturbed, rig]) await one.close();
  });
});

describe(`kill -9 of the collector or its run, seed ${String(seed)}`, () => {
  const serve = ['serve', 'killed.yaml', '--now', later, '--no-http'];
  let expected: Awaited<ReturnType<typeof dumpLake>>;
  let duration = 0;
  beforeAll(async () => {
    const rig = await copyRig(template);
    const { ms, result } = await timeCall(rig, serve);
    expect(result.exitCode, result.stderr).toBe(0);
    duration = ms;
    expected = await dumpLake(rig.path('data'));
  });

  test.for(list(rounds / 2))('round %i', async (round) => {
    const random = seededRandom(seed * 7 + round);
    const rig = await copyRig(template);
    const call = rig.spawn(...serve);
    await sleep(random() * duration);
    const children = listChildren(call.pid);
    const killsParent = round % 2 === 0 || children.length === 0;
    if (killsParent) call.kill('SIGKILL');
    else for (const child of children) killIfAlive(child);
    await call.result;
    // A run whose collector was killed continues; the next collector waits for it.
    const again = await rig.spawn(...serve).result;
    expect(again.exitCode, again.stderr).toBe(0);
    await waitForEnd(children);
    const run = await rig.pipe('run', 'killed.yaml', '--now', later, '--quiet');
    expect(run.exitCode, run.stderr).toBe(0);
    const dump = await dumpLake(rig.path('data'));
    expect(await compareLakes(expected, dump)).toEqual([]);
    const check = await rig.pipe('check', '--now', later);
    expect(check.exitCode, check.stdout).toBe(0);
    await rig.close();
  });
});

function listChildren(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => readParent(other) === pid);
}

function readParent(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function waitForEnd(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter((pid) => readParent(pid) !== null)).toEqual([]);
}
