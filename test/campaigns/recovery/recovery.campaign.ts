/**
 * Kills the command at chosen times and runs it again: the lake must equal that of an undisturbed run, and only requests that
 * were in flight may be repeated. `npm run recovery -- --rounds 200 --seed 7`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';
import { compareLakes, dumpLake, readFactsSince } from './lake-dump.js';
import type { LakeDump } from './lake-dump.js';
import { getPhase, phases } from './run-phase.js';
import type { Phase } from './run-phase.js';
import { copyRig } from '../copy-rig.js';
import { seededRandom } from '../seeded-random.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '20');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));
/** Maximum requests in flight when the process dies, as the mock provider allows. */
const concurrency = 8;

const pipeline = `name: killed
provider: mock
providers: { mock: { delay: 4ms } }
symbols: [AAPL, BRK B, M&M, "0700", NO]
steps:
  contracts: { refresh: 7d }
  chains: { needs: contracts, refresh: 1d }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 30d }
  options: { needs: [chains, equity], lookback: 3 sessions, strikes: 1, expiries: 1 }
`;

/** Earlier runs, which leave small files to merge and superseded files old enough to delete. */
const earlierRuns = ['02', '03', '04', '05', '06', '09', '10', '11'].map((day) => `2026-11-${day}T23:00:00Z`);

const runArgs = ['run', 'killed.yaml', '--now', '2026-11-20T23:00:00Z', '--record-calls', 'calls.ndjson'];

/** An undisturbed run: its result and its events. */
interface ReferenceRun {
  readonly dump: LakeDump;
  readonly requestCount: number;
  /** Time from process start to the first event in milliseconds. */
  readonly startupMs: number;
  readonly durationMs: number;
  /** Phase of the run at each event. */
  readonly events: readonly Phase[];
}

let template: Rig;
let expected: ReferenceRun;
const killsByPhase = new Map<Phase, number>(phases.map((phase) => [phase, 0]));

beforeAll(async () => {
  template = await createRig();
  await template.write('killed.yaml', pipeline);
  for (const [index, evening] of earlierRuns.entries()) {
    const again = index === 1 ? ['--force'] : [];
    const { exitCode, stderr } = await template.pipe('run', 'killed.yaml', '--now', evening, '--quiet', ...again);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  }
  expected = await runReference();
});

async function runReference(): Promise<ReferenceRun> {
  const rig = await copyRig(template);
  const began = performance.now();
  const call = rig.spawn(...runArgs, '--debug');
  await call.waitForOutput('\n');
  const startupMs = performance.now() - began;
  const { exitCode, stderr } = await call.result;
  const durationMs = performance.now() - began;
  expect(exitCode, stderr).toBe(0);
  const lines = stderr.trimEnd().split('\n');
  const events = lines.map((_, index) => getPhase(lines.slice(0, index + 1)));
  const dump = await dumpLake(rig.path('data'));
  const requestCount = countCalls(rig);
  // The rig stays open: a difference is described with the rows of its lake.
  return { dump, durationMs, requestCount, startupMs, events };
}

/** Counts the requests sent in this project; a line torn by the kill belongs to a request that was not sent. */
function countCalls(rig: Rig): number {
  if (!existsSync(rig.path('calls.ndjson'))) return 0;
  const lines = readFileSync(rig.path('calls.ndjson'), 'utf8').split('\n');
  return lines.filter((line) => line.includes('"requested"') && line.endsWith('}')).length;
}

/**
 * Waits for the time of the kill: a random time, or shortly after an event, which hits short phases on slow machines
 * too.
 */
async function waitForKillTime(call: RunningCall, round: number, random: () => number): Promise<void> {
  if (random() < 1 / 3) {
    await sleep(random() * expected.durationMs);
    return;
  }
  const targetPhase = phases[round % phases.length];
  const candidates = expected.events.flatMap((phase, index) => (phase === targetPhase ? [index] : []));
  const target = candidates[Math.floor(random() * candidates.length)];
  if (target === undefined) {
    await sleep(random() * expected.startupMs);
    return;
  }
  // The run can end with fewer lines, because timing differs.
  await call.waitForOutput(new RegExp(`^(?:[^\\n]*\\n){${String(target + 1)}}`)).catch(() => undefined);
  if (random() < 1 / 2) await sleep(random() * 20);
}

describe(`recovery after kill -9 at ${String(rounds)} times, seed ${String(seed)}`, () => {
  test.concurrent.for(Array.from({ length: rounds }, (_, round) => round))('round %i', async (round) => {
    const random = seededRandom(seed + round);
    const rig = await copyRig(template);
    const call = rig.spawn(...runArgs, '--debug');
    await waitForKillTime(call, round, random);
    call.kill('SIGKILL');
    const { exitCode, stderr } = await call.result;
    const phase = exitCode === null ? getPhase(stderr.split('\n').slice(0, -1)) : 'ended before';
    killsByPhase.set(phase, (killsByPhase.get(phase) ?? 0) + 1);
    const before = countCalls(rig);

    const second = await rig.pipe(...runArgs, '--quiet');
    expect(second.stderr, `killed while ${phase}`).toBe('');
    expect(second.exitCode).toBe(0);
    const requestCount = countCalls(rig);

    const dump = await dumpLake(rig.path('data'));
    expect(await compareLakes(expected.dump, dump), `killed while ${phase}`).toEqual([]);

    const facts = await readFactsSince(rig.path('data'), Date.parse('2026-11-20T23:00:00Z'));
    expect(facts.length).toBeGreaterThan(0);
    expect(new Set(facts).size, 'a window was committed twice').toBe(facts.length);
    // Extra requests were in flight when the process died.
    const again = requestCount - expected.requestCount;
    expect(again, `${String(before)} requests before the kill while ${phase}`).toBeGreaterThanOrEqual(0);
    expect(again, `${String(before)} requests before the kill while ${phase}`).toBeLessThanOrEqual(concurrency);
    if (phase !== 'fetching') expect(again, `no request was in flight while ${phase}`).toBe(0);

    // The lake is compared in every round, the output of commands only in some.
    if (round % 10 === 0) {
      const plan = await rig.pipe('plan', 'killed.yaml', '--now', '2026-11-20T23:05:00Z', '--exit-code');
      expect(plan.exitCode, plan.stdout).toBe(0);
      const check = await rig.pipe('check');
      expect(check.exitCode, check.stdout).toBe(0);
    }
    await rig.close();
  });

  afterAll(() => {
    const maxKills = Math.max(...killsByPhase.values());
    const bars = [...killsByPhase].map(
      ([phase, count]) =>
        `  ${phase.padEnd(12)} ${String(count).padStart(4)}  ${'█'.repeat(Math.ceil((count / maxKills) * 40))}`,
    );
    process.stdout.write(`\nkilled while\n${bars.join('\n')}\n`);
    // Fewer rounds can miss a phase by chance.
    if (rounds >= 50)
      for (const phase of phases) expect(killsByPhase.get(phase), `kills while ${phase}`).toBeGreaterThan(0);
  });
});
