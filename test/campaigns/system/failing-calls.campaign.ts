/**
 * Lets random calls of the system fail during a run: it ends with a documented exit code and a sentence, and the next run makes the
 * lake equal to that of an undisturbed run. Needs a C compiler. `node scripts/campaign.js system --rounds 200 --seed 7`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';
import { compareLakes, dumpLake } from '../recovery/lake-dump.js';
import type { LakeDump } from '../recovery/lake-dump.js';
import { copyRig } from '../copy-rig.js';
import { seededRandom } from '../seeded-random.js';
import { compileLibrary, hasCompiler } from './preload.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '8');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

const faults = [
  { name: 'ENOSPC', code: 28, forever: true },
  { name: 'ENOSPC once', code: 28, forever: false },
  { name: 'EIO', code: 5, forever: true },
  { name: 'EIO once', code: 5, forever: false },
  { name: 'EMFILE', code: 24, forever: true },
  { name: 'EMFILE once', code: 24, forever: false },
] as const;

const pipeline = `name: small
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: { refresh: 20h }
  chains: { needs: contracts, refresh: 20h }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 20d }
  options: { needs: [chains, equity], lookback: 2 sessions, strikes: 1, expiries: 1 }
`;
const earlier = '2026-11-18T23:00:00Z';
const run = ['run', 'small.yaml', '--now', '2026-11-19T23:00:00Z'];

/** Documented codes of a run that a fault stops or does not affect. */
const allowedCodes: readonly (number | null)[] = [0, 3, 7];

let folder = '';
let library = '';
let template: Rig;
let expected: LakeDump;
let callCount = 0;
const exits = new Map<string, number>();

beforeAll(async () => {
  if (!hasCompiler) return;
  folder = await mkdtemp(join(tmpdir(), 'pipe-failing-calls-'));
  library = compileLibrary('failing-calls.c', folder);
  template = await createRig();
  await template.write('small.yaml', pipeline);
  expect((await template.pipe('run', 'small.yaml', '--now', earlier, '--quiet')).exitCode).toBe(0);
  const rig = await copyRig(template);
  const counted = await callWithFault(rig, { PIPE_FAULT_COUNT: join(folder, 'count') });
  expect(counted.exitCode, counted.stderr).toBe(0);
  callCount = Number(await readFile(join(folder, 'count'), 'utf8'));
  expect(callCount).toBeGreaterThan(50);
  expected = await dumpLake(rig.path('data'));
});

function callWithFault(rig: Rig, env: Readonly<Record<string, string>>): Promise<CallResult> {
  const preload = { LD_PRELOAD: library, PIPE_FAULT_FOLDER: `${rig.folder}/` };
  return rig.spawn(...run, { env: { ...preload, ...env } }).result;
}

describe.skipIf(!hasCompiler)(`a call that fails, ${String(rounds)} times, seed ${String(seed)}`, () => {
  test.for(Array.from({ length: rounds }, (_, round) => round))('round %i', async (round) => {
    const fault = faults[round % faults.length] ?? faults[0];
    const call = 1 + Math.floor(seededRandom(seed * 1_000 + round)() * callCount);
    const context = `${fault.name} at call ${String(call)} of ${String(callCount)}`;
    const rig = await copyRig(template);
    const failed = await callWithFault(rig, {
      PIPE_FAULT_CALL: String(call),
      PIPE_FAULT_ERRNO: String(fault.code),
      PIPE_FAULT_FOREVER: fault.forever ? '1' : '0',
    });
    const key = `${fault.name} ${String(failed.exitCode ?? failed.signal)}`;
    exits.set(key, (exits.get(key) ?? 0) + 1);
    expect.soft(allowedCodes, `${context}: ${failed.stderr}`).toContain(failed.exitCode);
    expect.soft(failed.stderr, context).not.toMatch(/^ {4}at |this is a bug/m);
    if (failed.exitCode !== 0) expect.soft(failed.stderr + failed.stdout, context).not.toBe('');

    const again = await rig.spawn(...run, '--quiet').result;
    expect.soft(again.exitCode, `${context}: ${again.stderr}`).toBe(0);
    const dump = await dumpLake(rig.path('data'));
    expect.soft(await compareLakes(expected, dump), context).toEqual([]);
    const check = await rig.pipe('check');
    expect.soft(check.exitCode, `${context}: ${check.stdout}`).toBe(0);
    await rig.close();
  });

  afterAll(async () => {
    const lines = [...exits].sort().map(([key, count]) => `  ${key.padEnd(16)} ${String(count).padStart(4)}\n`);
    process.stdout.write(`\nexit codes\n${lines.join('')}`);
    await rm(folder, { recursive: true, force: true });
  });
});
