/**
 * Sets the clock of the system back by seconds, an hour or a day during a run, between runs and during a collector: every command
 * ends with a documented exit code, nothing is lost, and nothing that was answered is requested again. Needs a C compiler.
 * `node scripts/campaign.js system --part clock --rounds 60 --seed 7`.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { createRig } from '../../rig.js';
import type { CallResult, Rig, RunningCall } from '../../rig.js';
import { compareLakes, dumpLake } from '../recovery/lake-dump.js';
import type { LakeDump } from '../recovery/lake-dump.js';
import { copyRig } from '../copy-rig.js';
import { seededRandom } from '../seeded-random.js';
import { compileLibrary, hasCompiler } from './preload.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '9');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

const pipeline = `name: small
provider: mock
providers: { mock: { delay: 20ms } }
pacing: { budgets: [{ name: all, kind: rolling, limit: 30, window: 1s }] }
schedule: { every: 2s, max_cycles: 2 }
symbols: [AAPL, BRK B]
steps:
  contracts: { refresh: 20h }
  chains: { needs: contracts, refresh: 20h }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 20d }
  options: { needs: [chains, equity], lookback: 2 sessions, strikes: 1, expiries: 1 }
`;

/** The evening of the run before, and that of each round. */
const before = Date.parse('2026-11-18T23:00:00Z');
const evening = Date.parse('2026-11-19T23:00:00Z');

const second = 1000;
const day = 86_400 * second;
const amounts = [7 * second, 3_600 * second, day] as const;
const moments = ['during a run', 'between runs', 'during a collector'] as const;

/** Far above what a round takes on a busy machine, far below the hour that the clock may be set back. */
const timeout = 240_000;

let folder = '';
let library = '';
let template: Rig;
let expected: LakeDump;
let expectedCalls = 0;
/** What an undisturbed run compares again with what it has. */
let expectedRepeated: ReadonlySet<string>;
let duration = 0;
const exits = new Map<string, number>();

/** The clock of the processes of one rig. */
interface ShiftedClock {
  readonly env: Readonly<Record<string, string>>;
  /** Sets the clock, which runs from there. */
  set(instant: number): void;
  setBack(ms: number): void;
}

async function createShiftedClock(rig: Rig): Promise<ShiftedClock> {
  const path = join(folder, `${rig.folder.replaceAll('/', '-')}.clock`);
  await writeFile(path, Buffer.alloc(8));
  const file = openSync(path, 'r+');
  let shift = 0;
  const write = (ms: number): void => {
    shift = ms;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(Math.round(ms)));
    writeSync(file, bytes, 0, 8, 0);
  };
  return {
    env: { LD_PRELOAD: library, PIPE_CLOCK_FILE: path },
    set: (instant) => write(instant - Date.now()),
    setBack: (ms) => write(shift - ms),
  };
}

beforeAll(async () => {
  if (!hasCompiler) return;
  folder = await mkdtemp(join(tmpdir(), 'pipe-shifted-clock-'));
  library = compileLibrary('shifted-clock.c', folder);
  template = await createRig();
  await template.write('small.yaml', pipeline);
  const clock = await createShiftedClock(template);
  clock.set(before);
  expect(await template.spawn('run', 'small.yaml', '--quiet', { env: clock.env }).result).toMatchObject({
    exitCode: 0,
  });
  const rig = await copyRig(template);
  const undisturbed = await createShiftedClock(rig);
  undisturbed.set(evening);
  const began = performance.now();
  expect(await rig.spawn(...runArgs, { env: undisturbed.env }).result).toMatchObject({ exitCode: 0 });
  duration = performance.now() - began;
  expected = await dumpLake(rig.path('data'));
  expectedCalls = countCalls(rig);
  expectedRepeated = new Set(await findRepeated(rig.path('data')));
  expect(expectedCalls).toBeGreaterThan(5);
});

const runArgs = ['run', 'small.yaml', '--quiet', '--record-calls', 'calls.ndjson'];

function countCalls(rig: Rig): number {
  return readFileSync(rig.path('calls.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"requested"')).length;
}

function expectDocumented(result: CallResult, codes: readonly number[], context: string): void {
  const key = `${context.replace(/ by .*/, '')} ${String(result.exitCode ?? result.signal)}`;
  exits.set(key, (exits.get(key) ?? 0) + 1);
  expect.soft(codes, `${context}: ${result.stderr}`).toContain(result.exitCode);
  expect.soft(result.stderr, context).not.toMatch(/^ {4}at |this is a bug/m);
}

/** The windows of bars that were answered for good and requested again. */
async function findRepeated(lake: string): Promise<readonly string[]> {
  const reader = await openLakeReader(lake);
  try {
    const { rows } = await reader.query(
      `SELECT DISTINCT later.series, later.start FROM facts AS later JOIN facts AS earlier ON later.series = earlier.series
         AND later.provider = earlier.provider AND later.version > earlier.version AND later.dataset LIKE '%_bars'
         AND later.start < earlier."end" AND earlier.start < later."end" AND earlier.state IN ('data', 'empty')`,
    );
    return rows.map((row) => JSON.stringify(row));
  } finally {
    await reader.close();
  }
}

async function waitUntilRandom(call: RunningCall, random: () => number): Promise<void> {
  const ended = call.result.then(() => undefined);
  await Promise.race([sleep(random() * duration), ended]);
}

describe.skipIf(!hasCompiler)(`a clock that is set back, ${String(rounds)} times, seed ${String(seed)}`, () => {
  test.for(Array.from({ length: rounds }, (_, round) => round))('round %i', async (round) => {
    const random = seededRandom(seed * 1_000 + round);
    const moment = moments[round % moments.length] ?? 'during a run';
    const amount = amounts[Math.floor(round / moments.length) % amounts.length] ?? second;
    const context = `${moment} by ${String(amount / second)} s`;
    const rig = await copyRig(template);
    const clock = await createShiftedClock(rig);
    const env = { env: clock.env, timeout };
    clock.set(evening);
    switch (moment) {
      case 'during a run': {
        const call = rig.spawn(...runArgs, env);
        await waitUntilRandom(call, random);
        clock.setBack(amount);
        expectDocumented(await call.result, [0, 3], context);
        break;
      }
      case 'between runs': {
        expectDocumented(await rig.spawn(...runArgs, env).result, [0], context);
        clock.setBack(amount);
        expectDocumented(await rig.spawn(...runArgs, env).result, [0], context);
        if (amount < day) expect.soft(countCalls(rig), `${context}: something is requested again`).toBe(expectedCalls);
        break;
      }
      case 'during a collector': {
        const call = rig.spawn('serve', 'small.yaml', '--no-http', env);
        await sleep(random() * 2 * duration);
        clock.setBack(amount);
        await sleep(random() * duration);
        // The next due time is that far away; the user notices and corrects the clock, or stops the collector.
        const isStopped = random() < 1 / 2;
        if (isStopped) call.kill('SIGTERM');
        else clock.set(evening + 60 * second);
        expectDocumented(await call.result, isStopped ? [0, 143] : [0], context);
        break;
      }
    }

    clock.set(evening + 120 * second);
    const again = await rig.spawn(...runArgs, env).result;
    expectDocumented(again, [0], `the next run after one ${context}`);
    const differences = await compareLakes(expected, await dumpLake(rig.path('data')));
    // The day before wants sessions of its own, and what was answered at its time is due again: more rows, but no fewer.
    const isWrong = (line: string): boolean => amount < day || line.startsWith('- {');
    expect.soft(differences.filter(isWrong), context).toEqual([]);
    const repeated = (await findRepeated(rig.path('data'))).filter((window) => !expectedRepeated.has(window));
    expect.soft(repeated, `${context}: requested again`).toEqual([]);
    const check = await rig.spawn('check', env).result;
    expect.soft(check.exitCode, `${context}: ${check.stdout}`).toBe(0);
    await rig.close();
  });

  afterAll(async () => {
    const lines = [...exits].sort().map(([key, count]) => `  ${key.padEnd(52)} ${String(count).padStart(4)}\n`);
    process.stdout.write(`\nexit codes\n${lines.join('')}`);
    await rm(folder, { recursive: true, force: true });
  });
});
