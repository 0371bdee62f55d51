/**
 * Runs with too little memory: a heap limit of V8 and a limit of the address space, of random sizes. A run that the limit ends is
 * killed by Node or ends with a documented exit code and a sentence; the next run makes the lake equal to that of an undisturbed
 * run and repeats only what was in flight. Needs a C compiler. `node scripts/campaign.js system --part memory --rounds 60 --seed 7`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { compareLakes, dumpLake } from '../recovery/lake-dump.js';
import type { LakeDump } from '../recovery/lake-dump.js';
import { copyRig } from '../copy-rig.js';
import { seededRandom } from '../seeded-random.js';
import { compileLibrary, hasCompiler } from './preload.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '8');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

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
const run = ['run', 'small.yaml', '--now', '2026-11-19T23:00:00Z', '--record-calls', 'calls.ndjson'];

/** Limits in megabytes, from too little for Node itself to enough for a run. */
const limits = [
  { name: 'heap', from: 2, to: 40 },
  { name: 'address space', from: 600, to: 2_600 },
] as const;

/** Documented codes of a run without enough memory. */
const allowedCodes: readonly (number | null)[] = [0, 3, 7];
/** How Node ends a process whose memory is used up. */
const allowedSignals: readonly (string | null)[] = ['SIGABRT', 'SIGTRAP', 'SIGSEGV', 'SIGILL'];
/** Maximum requests in flight when the process dies, as the mock provider allows. */
const concurrency = 8;

let folder = '';
let library = '';
let template: Rig;
let expected: LakeDump;
let expectedCalls = 0;
const exits = new Map<string, number>();

beforeAll(async () => {
  if (!hasCompiler) return;
  folder = await mkdtemp(join(tmpdir(), 'pipe-memory-limit-'));
  library = compileLibrary('memory-limit.c', folder);
  template = await createRig();
  await template.write('small.yaml', pipeline);
  expect((await template.pipe('run', 'small.yaml', '--now', earlier, '--quiet')).exitCode).toBe(0);
  const rig = await copyRig(template);
  expect((await rig.pipe(...run, '--quiet')).exitCode).toBe(0);
  expected = await dumpLake(rig.path('data'));
  expectedCalls = countCalls(rig);
});

function countCalls(rig: Rig): number {
  if (!existsSync(rig.path('calls.ndjson'))) return 0;
  const lines = readFileSync(rig.path('calls.ndjson'), 'utf8').split('\n');
  return lines.filter((line) => line.includes('"requested"') && line.endsWith('}')).length;
}

describe.skipIf(!hasCompiler)(`too little memory, ${String(rounds)} times, seed ${String(seed)}`, () => {
  test.for(Array.from({ length: rounds }, (_, round) => round))('round %i', async (round) => {
    const limit = limits[round % limits.length] ?? limits[0];
    const megabytes = Math.round(limit.from + seededRandom(seed * 1_000 + round)() * (limit.to - limit.from));
    const context = `${limit.name} of ${String(megabytes)} MB`;
    const rig = await copyRig(template);
    const env =
      limit.name === 'heap'
        ? { NODE_OPTIONS: `--max-old-space-size=${String(megabytes)}` }
        : { LD_PRELOAD: library, PIPE_MEMORY_LIMIT: String(megabytes) };
    const failed = await rig.spawn(...run, { env, timeout: 240_000 }).result;
    const key = `${limit.name} ${String(failed.exitCode ?? failed.signal)}`;
    exits.set(key, (exits.get(key) ?? 0) + 1);
    // A shell reports a process that a signal ended with 128 and the number of the signal.
    if (failed.exitCode === null) expect.soft(allowedSignals, context).toContain(failed.signal);
    else expect.soft(allowedCodes, `${context}: ${failed.stderr}`).toContain(failed.exitCode);
    expect.soft(failed.stderr, context).not.toMatch(/this is a bug/);
    // A process that a signal ended may have said nothing.
    if (failed.exitCode !== null && failed.exitCode !== 0)
      expect.soft(failed.stderr + failed.stdout, context).not.toBe('');

    const again = await rig.pipe(...run, '--quiet');
    expect.soft(again.exitCode, `${context}: ${again.stderr}`).toBe(0);
    expect.soft(await compareLakes(expected, await dumpLake(rig.path('data'))), context).toEqual([]);
    expect.soft(countCalls(rig), context).toBeLessThanOrEqual(expectedCalls + concurrency);
    const check = await rig.pipe('check');
    expect.soft(check.exitCode, `${context}: ${check.stdout}`).toBe(0);
    await rig.close();
  });

  afterAll(async () => {
    const lines = [...exits].sort().map(([key, count]) => `  ${key.padEnd(28)} ${String(count).padStart(4)}\n`);
    process.stdout.write(`\nexit codes\n${lines.join('')}`);
    await rm(folder, { recursive: true, force: true });
  });
});
