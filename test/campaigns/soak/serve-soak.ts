import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';

import { systemClock } from '../../../src/core/time/clock.js';
import { acquireLock } from '../../../src/lake/locks/lock.js';
import { startWebServer } from '../../fixtures/test-servers.js';
import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';

/** What the process of `pipe serve` holds after a garbage collection. */
export interface ServeSample {
  /** Milliseconds since its start. */
  readonly at: number;
  /** CPU time of all threads since its start, in milliseconds. */
  readonly cpu: number;
  /** The CPU time that taking this sample needed. */
  readonly ownCpu: number;
  /** In bytes, with memory outside of the heap. */
  readonly heap: number;
  /** Listeners of all live signals of aborts. */
  readonly abortListeners: number;
  readonly processListeners: number;
  /** Sockets, servers, processes and pending operations, without timers. */
  readonly handles: number;
  readonly timers: number;
  /** Open file descriptors. */
  readonly files: number;
  /** Warnings of Node so far. */
  readonly warnings: readonly string[];
}

export const probe = pathToFileURL(join(import.meta.dirname, 'serve-probe.js')).href;

/** Time between two due times of the blocked pipeline; its alerts are evaluated at most this often. */
const evaluationSeconds = 5;

const alerts = `alerts:
  channels:
    ops: { kind: webhook, url: '\${HEALTHY_WEBHOOK}' }
    broken: { kind: webhook, url: '\${BROKEN_WEBHOOK}' }
    pager: { kind: command, command: ['false'] }
  rules:
    - { on: run_missed, max_age: 4s, repeat_after: 1s }
    - { on: run_failed, repeat_after: 1s }
`;

const createPipeline = (name: string, every: string): string => `name: ${name}
provider: mock
symbols: [AAPL]
schedule: { every: ${every}, overlap: skip }
${alerts}steps: { contracts: { refresh: 0s } }
`;

/**
 * Runs the real process of a collector with alerts and samples it. One pipeline is blocked: each due time is missed, and its
 * alerts are evaluated and sent to a healthy channel and to broken ones. The other pipeline runs.
 */
export async function soakServe(cycles: number, sampleCount: number): Promise<readonly ServeSample[]> {
  const [healthy, broken] = [await startWebServer(), await startWebServer(Array.from({ length: 100_000 }, () => 500))];
  const rig = await createRig();
  await rig.write('pipelines/blocked.yaml', createPipeline('blocked', `${String(evaluationSeconds)}s`));
  await rig.write('pipelines/running.yaml', createPipeline('running', '30s'));
  const env = {
    HEALTHY_WEBHOOK: healthy.url,
    BROKEN_WEBHOOK: broken.url,
    NODE_OPTIONS: `--import=${probe}`,
    PIPE_SOAK_PROBE: rig.path('probe.jsonl'),
  };
  expect((await rig.pipe('run', 'pipelines/blocked.yaml')).exitCode).toBe(0);
  const lock = await acquireLock({
    folder: rig.path('data'),
    target: { kind: 'pipeline', pipeline: 'blocked' },
    clock: systemClock,
    holder: { runId: 'soak', command: 'a run that hangs' },
    wait: null,
  });
  if (!lock.ok) throw new Error('the lake is new, and the lock is held');
  const call = rig.spawn('serve', '--port', '0', '--json', { env, timeout: 24 * 3_600_000 });
  const samples: ServeSample[] = [];
  for (let round = 1; round <= sampleCount; round++) {
    const missed = Math.ceil((cycles * round) / sampleCount);
    await expect.poll(() => countMissed(call), { timeout: 24 * 3_600_000 }).toBeGreaterThanOrEqual(missed);
    await scrape(call);
    samples.push(await takeSample(rig, call, samples.length + 1));
  }
  expect(healthy.bodies.length).toBeGreaterThan(0);
  expect(broken.bodies.length).toBeGreaterThan(0);
  call.kill('SIGTERM');
  const { exitCode, stderr } = await call.result;
  expect(exitCode, stderr).toBe(143);
  await lock.value.release();
  return samples;
}

function countMissed(call: RunningCall): number {
  return call.stdout().match(/"type":"runs-missed","pipeline":"blocked"/g)?.length ?? 0;
}

/** Reads every endpoint of the collector, as monitoring does. */
async function scrape(call: RunningCall): Promise<void> {
  const address = /"address":"(http[^"]+)"/.exec(call.stdout())?.[1] ?? '';
  for (const path of ['metrics', 'status', 'healthz', 'readyz']) await (await fetch(`${address}/${path}`)).text();
}

/** Asks the process for a sample, its `number`th. */
export async function takeSample(rig: Rig, call: RunningCall, number: number): Promise<ServeSample> {
  call.kill('SIGUSR2');
  const read = async (): Promise<readonly string[]> =>
    (await readFile(rig.path('probe.jsonl'), 'utf8').catch(() => '')).trimEnd().split('\n');
  await expect.poll(async () => (await read()).at(number - 1) ?? '', { timeout: 300_000 }).toMatch(/\}$/);
  return JSON.parse((await read()).at(number - 1) ?? '') as ServeSample;
}

/** Growth per cycle: the slope of a linear fit through samples that are `spacing` cycles apart. */
export function computeGrowth(values: readonly number[], spacing: number): number {
  const mean = (all: readonly number[]): number => all.reduce((sum, value) => sum + value, 0) / all.length;
  const positions = values.map((_, index) => index * spacing);
  const [middle, average] = [mean(positions), mean(values)];
  const covariance = mean(values.map((value, index) => ((positions[index] ?? 0) - middle) * (value - average)));
  return covariance / mean(positions.map((position) => (position - middle) ** 2));
}

export function formatSamples(samples: readonly ServeSample[], spacing: number): string {
  const lines = samples.map(({ heap, abortListeners, processListeners, handles, timers, files }, index) =>
    [(index + 1) * spacing, (heap / 1e6).toFixed(3), abortListeners, processListeners, handles, timers, files]
      .map((value) => String(value).padStart(9))
      .join(''),
  );
  return [
    ['cycle', 'heap MB', 'abort', 'process', 'handles', 'timers', 'files'].map((name) => name.padStart(9)).join(''),
    ...lines,
  ].join('\n');
}
