/**
 * Kills the command at random moments and lets one more run go on: the lake must equal that of a run nobody disturbed, and
 * only requests whose answer had not arrived may be made again. `npm run recovery -- --rounds 200`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { makeRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { dumpLake, settledFacts } from './lake-dump.js';
import type { LakeDump } from './lake-dump.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '20');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));
/** The mock provider answers so many at once: what can be under way when the process dies. */
const concurrency = 8;

const pipeline = `name: killed
provider: mock
providers: { mock: { delay: 4ms } }
symbols: [AAPL, BRK B, M&M, NIFTY 50, "0700", 1E5, NO, MSFT]
steps:
  contracts: { refresh: 7d }
  chains: { needs: contracts, refresh: 1d }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 60d }
  options: { needs: [chains, equity], lookback: 5 sessions, strikes: 1, expiries: 1 }
`;

const arguments_ = ['run', 'killed.yaml', '--now', '2026-11-20T23:00:00Z', '--record-calls', 'calls.ndjson', '--quiet'];

/** Small, seedable and good enough to choose moments by. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function project(): Promise<Rig> {
  const rig = await makeRig();
  await rig.write('killed.yaml', pipeline);
  return rig;
}

async function undisturbed(): Promise<{ dump: LakeDump; took: number; asked: number }> {
  const rig = await project();
  const began = performance.now();
  const result = await rig.pipe(...arguments_);
  const took = performance.now() - began;
  expect(result.stderr).toBe('');
  expect(result.exitCode).toBe(0);
  const dump = await dumpLake(rig.path('data'));
  const asked = callsOf(rig).length;
  await rig.close();
  return { dump, took, asked };
}

function callsOf(rig: Rig): readonly string[] {
  if (!existsSync(rig.path('calls.ndjson'))) return [];
  return readFileSync(rig.path('calls.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"asked"') && line.endsWith('}'));
}

describe(`kill -9 at ${String(rounds)} random moments, seed ${String(seed)}`, async () => {
  const expected = await undisturbed();
  const random = randomFrom(seed);
  const moments = Array.from({ length: rounds }, () => random() * expected.took * 1.05);

  test.concurrent.for(moments.map((moment, round) => ({ moment, round })))('round $round, after $moment ms', async ({ moment }) => {
    const rig = await project();
    const call = rig.spawn(...arguments_);
    await sleep(moment);
    call.kill('SIGKILL');
    await call.result.catch(() => undefined);
    const before = callsOf(rig).length;

    const second = await rig.pipe(...arguments_);
    expect(second.stderr.replace(/^recovered .*\n/, '')).toBe('');
    expect(second.exitCode).toBe(0);
    const asked = callsOf(rig).length;

    const dump = await dumpLake(rig.path('data'));
    for (const [dataset, rows] of Object.entries(expected.dump.rows)) expect(dump.rows[dataset], dataset).toEqual(rows);
    expect(dump.coverage).toEqual(expected.dump.coverage);

    const facts = await settledFacts(rig.path('data'));
    const keys = facts.map(({ key }) => key);
    expect(new Set(keys).size, 'a window was settled twice').toBe(keys.length);
    // What was asked beyond an undisturbed run had been asked when the process died and was not answered yet.
    expect(asked - expected.asked).toBeGreaterThanOrEqual(0);
    expect(asked - expected.asked, `asked ${String(before)} before the kill`).toBeLessThanOrEqual(concurrency);

    const plan = await rig.pipe('plan', 'killed.yaml', '--now', '2026-11-20T23:05:00Z', '--exit-code');
    expect(plan.exitCode, plan.stdout).toBe(0);
    await rig.close();
  });
});
