/**
 * Kills the command at chosen moments and lets one more run go on: the lake must equal that of a run nobody disturbed, and
 * only requests whose answer had not arrived may be made again. `npm run recovery -- --rounds 200 --seed 7`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';
import { dumpLake, readFactsSince } from './lake-dump.js';
import type { LakeDump } from './lake-dump.js';
import { getPhase, phases } from './run-phase.js';
import type { Phase } from './run-phase.js';
import { seededRandom } from '../seeded-random.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '20');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));
/** The mock provider answers so many at once: what can be under way when the process dies. */
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

/** Runs of the evenings before: they leave enough small files to merge, and superseded ones that are old enough to go. */
const earlierRuns = ['02', '03', '04', '05', '06', '09', '10', '11'].map((day) => `2026-11-${day}T23:00:00Z`);

const runArgs = ['run', 'killed.yaml', '--now', '2026-11-20T23:00:00Z', '--record-calls', 'calls.ndjson'];

/** A run that nobody disturbs: what it leaves, and when it says what. */
interface ReferenceRun {
  readonly dump: LakeDump;
  readonly requestCount: number;
  /** From the start of the process to its first event, in milliseconds. */
  readonly startupMs: number;
  readonly durationMs: number;
  /** The phase that each of its events begins or goes on with. */
  readonly events: readonly Phase[];
}

let template: Rig;
let expected: ReferenceRun;
const killsByPhase = new Map<Phase, number>(phases.map((phase) => [phase, 0]));

async function copyProject(): Promise<Rig> {
  const rig = await createRig();
  await cp(template.folder, rig.folder, { recursive: true });
  return rig;
}

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
  const rig = await copyProject();
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
  await rig.close();
  return { dump, durationMs, requestCount, startupMs, events };
}

/** How many requests have gone out in this project; a line that the kill has torn had not gone out. */
function countCalls(rig: Rig): number {
  if (!existsSync(rig.path('calls.ndjson'))) return 0;
  const lines = readFileSync(rig.path('calls.ndjson'), 'utf8').split('\n');
  return lines.filter((line) => line.includes('"asked"') && line.endsWith('}')).length;
}

/** When to kill: by the clock, or a moment after a certain event, so that short phases are hit on slow machines as well. */
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
  // It may end before so many lines, when another process has made the run a little different.
  await call.waitForOutput(new RegExp(`^(?:[^\\n]*\\n){${String(target + 1)}}`)).catch(() => undefined);
  if (random() < 1 / 2) await sleep(random() * 20);
}

describe(`kill -9 at ${String(rounds)} moments, seed ${String(seed)}`, () => {
  test.concurrent.for(Array.from({ length: rounds }, (_, round) => round))('round %i', async (round) => {
    const random = seededRandom(seed + round);
    const rig = await copyProject();
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
    for (const [dataset, rows] of Object.entries(expected.dump.rows)) expect(dump.rows[dataset], dataset).toEqual(rows);
    expect(dump.coverage).toEqual(expected.dump.coverage);

    const facts = await readFactsSince(rig.path('data'), Date.parse('2026-11-20T23:00:00Z'));
    expect(facts.length).toBeGreaterThan(0);
    expect(new Set(facts).size, 'a window was settled twice').toBe(facts.length);
    // What was asked beyond an undisturbed run had been asked when the process died and was not answered yet.
    const again = requestCount - expected.requestCount;
    expect(again, `asked ${String(before)} before the kill while ${phase}`).toBeGreaterThanOrEqual(0);
    expect(again, `asked ${String(before)} before the kill while ${phase}`).toBeLessThanOrEqual(concurrency);
    if (phase !== 'fetching') expect(again, `nothing was under way while ${phase}`).toBe(0);

    // What the lake must be is the same in every round; what commands make of it is looked at in some.
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
    // Fewer rounds may miss a phase by chance.
    if (rounds >= 50)
      for (const phase of phases) expect(killsByPhase.get(phase), `kills while ${phase}`).toBeGreaterThan(0);
  });
});
