/**
 * The time from the arrival of an answer until it is in the spool, on a machine whose cores are all busy: what a killed process
 * has to request again. `npm run recovery -- --part spool-delay --rounds 20`.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? 5);

/** The 99th percentile may be this long, in milliseconds. */
const maxDelay = 50;

const pipeline = `name: delays
provider: mock
providers: { mock: { delay: 20ms } }
symbols: [AAPL, MSFT, SPY, IBM]
steps:
  contracts: { refresh: 1d }
  chains: { needs: contracts, refresh: 1d }
  quotes: { needs: contracts }
  equity: { needs: contracts, bar_size: [1 day, 1 hour], lookback: 90d }
  options: { needs: [chains, equity], bar_size: 1 hour, lookback: 5 sessions, strikes: 2, expiries: 2 }
`;

let rig: Rig;
const busy: ChildProcess[] = [];

beforeAll(async () => {
  rig = await createRig();
  await rig.write('delays.yaml', pipeline);
  for (let core = 0; core < availableParallelism(); core++)
    busy.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
});

afterAll(async () => {
  for (const child of busy) child.kill('SIGKILL');
  await rig.close();
});

test(`the 99th percentile of ${String(rounds)} runs is at most ${String(maxDelay)} ms`, async () => {
  const env = {
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'spool-delay-hook.js')).href}`,
    PIPE_SPOOL_DELAYS: rig.path('delays.txt'),
  };
  for (let round = 0; round < rounds; round++) {
    const folders = ['--data', `data-${String(round)}`, '--lineage', `lineage-${String(round)}`];
    const { exitCode, stderr } = await rig.pipe('run', 'delays.yaml', ...folders, '--quiet', { env });
    if (exitCode !== 0) throw new Error(`the run failed: ${stderr}`);
  }
  const delays = (await rig.read('delays.txt')).trimEnd().split('\n').map(Number);
  const sorted = delays.toSorted((a, b) => a - b);
  const percentile = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  const [median, high, max] = [percentile(0.5), percentile(0.99), percentile(1)];
  process.stdout.write(
    `\n${String(sorted.length)} answers reached the spool: median ${median.toFixed(0)} ms, 99th percentile ` +
      `${high.toFixed(0)} ms, longest ${max.toFixed(0)} ms\n`,
  );
  expect(sorted.length).toBeGreaterThanOrEqual(rounds * 80);
  expect(high).toBeLessThanOrEqual(maxDelay);
});
