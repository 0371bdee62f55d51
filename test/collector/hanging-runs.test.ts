import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { minute } from '../../src/core/time/time.js';
import { checkHealth } from '../../src/scheduler/monitoring/health.js';
import { createActivity } from '../../src/scheduler/monitoring/activity.js';
import type { ServeEvent } from '../../src/scheduler/serve-event.js';
import { createRig } from '../rig.js';
import type { Rig, RunningCall } from '../rig.js';
import { startWebServer } from '../fixtures/test-servers.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createFakeWatcher, startFakeCollector, createFakeRuns, createFakeStore } from '../scheduler/fakes.js';
import { at, every, createSchedule, createScheduledPipeline } from '../scheduler/schedules.js';

/** Starts a copy of itself, writes the ids of both processes and ignores SIGTERM and SIGINT. */
const hangingCommand = `const fs = require('node:fs');
fs.appendFileSync('pids', process.pid + '\\n');
process.on('SIGTERM', () => fs.appendFileSync('asked', process.pid + '\\n'));
process.on('SIGINT', () => undefined);
if (process.argv[2] !== 'last') require('node:child_process').spawn(process.execPath, [__filename, 'last'], { stdio: 'inherit' });
setInterval(() => undefined, 1000);
`;

const pipeline = (hooks: string, more = ''): string => `name: hangs
provider: mock
symbols: [AAPL]
schedule: { every: 2s, overlap: skip }
hooks: { ${hooks} }
${more}steps: { contracts: { refresh: 0s } }
`;

const hangingHook = 'before_run: [{ command: [node, hangs.cjs], required: true, timeout: 1h }]';

async function createProject(hooks: string, more = ''): Promise<Rig> {
  const rig = await createRig();
  await rig.write('hangs.cjs', hangingCommand);
  await rig.write('pipelines/hangs.yaml', pipeline(hooks, more));
  return rig;
}

async function readPids(rig: Rig): Promise<readonly number[]> {
  const text = await rig.read('pids').catch(() => '');
  return text.split('\n').filter(Boolean).map(Number);
}

/** Waits until both commands have started. */
async function waitForBothPids(rig: Rig): Promise<readonly number[]> {
  await expect.poll(async () => (await readPids(rig)).length).toBe(2);
  return readPids(rig);
}

/** The state letter of a process in /proc; null if it does not exist. */
function readProcessState(pid: number): string | null {
  try {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** The processes that have not ended; zombies have. */
const findRunning = (pids: readonly number[]): readonly number[] =>
  pids.filter((pid) => ![null, 'Z', 'X'].includes(readProcessState(pid)));

function parseEvents(call: RunningCall): readonly Readonly<Record<string, unknown>>[] {
  return call
    .stdout()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

/** Stops a collector; returns its exit code and the duration. */
async function stopCollector(
  call: RunningCall,
): Promise<{ readonly exitCode: number | null; readonly durationMs: number }> {
  const started = performance.now();
  call.kill('SIGTERM');
  const { exitCode } = await call.result;
  return { exitCode, durationMs: performance.now() - started };
}

const findLastCycleEnd = (call: RunningCall): unknown =>
  parseEvents(call).findLast(({ type }) => type === 'cycle-ended');

describe('pipe serve with a run that hangs', () => {
  it('ends a run whose command ignores SIGTERM, and its processes, when it is stopped', async () => {
    const rig = await createProject(hangingHook);
    const call = rig.spawn('serve', '--no-http', '--json', '--grace', '1h');
    const pids = await waitForBothPids(rig);
    expect((await stopCollector(call)).exitCode).toBe(143);
    expect(findLastCycleEnd(call)).toMatchObject({ outcome: 'cancelled' });
    expect(findRunning(pids)).toEqual([]);
    expect((await rig.read('asked')).trim().split('\n').map(Number).toSorted()).toEqual(pids.toSorted());
  });

  it('kills a frozen run and its commands after the grace period', async () => {
    const rig = await createProject(hangingHook);
    const call = rig.spawn('serve', '--no-http', '--json', '--grace', '2s');
    const pids = await waitForBothPids(rig);
    const [lock] = (await rig.files('data/_locks')).filter((file) => file.startsWith('hangs'));
    const { pid } = JSON.parse(await rig.read(`data/_locks/${lock ?? ''}`)) as { readonly pid: number };
    process.kill(pid, 'SIGSTOP');
    await expect.poll(() => readProcessState(pid)).toBe('T');
    const { exitCode, durationMs } = await stopCollector(call);
    expect(exitCode).toBe(143);
    expect(durationMs).toBeGreaterThan(1_900);
    expect(findLastCycleEnd(call)).toMatchObject({
      outcome: 'cancelled',
      reason: 'killed after the grace period of 2s',
    });
    expect(findRunning([pid, ...pids])).toEqual([]);
    // The run counts as interrupted: the next collector catches it up.
    expect(JSON.parse(await rig.read('data/_scheduler/pipelines/hangs.json'))).toMatchObject({
      running: { trigger: 'due' },
    });
  });

  it('raises run_missed and reports skipped runs', async () => {
    const server = await startWebServer();
    const alerts = `alerts: { channels: { ops: { kind: webhook, url: "${server.url}" } }, rules: [{ on: run_missed, max_age: 3s }] }\n`;
    const rig = await createProject(hangingHook, alerts);
    const call = rig.spawn('serve', '--no-http');
    await expect.poll(() => JSON.stringify(server.bodies)).toContain('a run has been running since');
    await call.waitForOutput(/hangs: .* skipped .*: the previous run was still in progress/);
    await expect.poll(async () => (await rig.pipe('status')).stdout).toContain('hangs: running since');
    const pids = await waitForBothPids(rig);
    expect((await stopCollector(call)).exitCode).toBe(143);
    expect(findRunning(pids)).toEqual([]);
  });

  it('reports a problem when a run takes more than ten minutes while others are due', async () => {
    const from = at('2026-11-20T10:00:00Z');
    const clock = createVirtualClock(from, { auto: false });
    const activity = createActivity();
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: 40 * minute, outcome: 'ok' })),
      watcher: createFakeWatcher([createScheduledPipeline('slow', createSchedule(every(15 * minute)))]),
      onEvent: (event: ServeEvent) => {
        activity.handle(event);
      },
    });
    const listProblems = () => checkHealth(fake.collector.getState(), activity, clock.now()).notReady;
    await clock.advanceTo(from + 29 * minute);
    expect(listProblems()).toEqual([]);
    await clock.advanceTo(from + 46 * minute);
    expect(listProblems()).toEqual([
      { about: 'slow', problem: 'a run has been in progress since 2026-11-20 10:15 UTC; 2 due times passed meanwhile' },
    ]);
    await clock.advanceTo(from + 56 * minute);
    expect(listProblems()).toEqual([]);
    fake.stop();
    await fake.collector.done;
  });
});

describe('pipe run with a hook that hangs', () => {
  const slowHooks = 'on_cycle_complete: [{ command: [node, hangs.cjs], timeout: 1d }]';

  it('kills the hook at the first Ctrl-C', async () => {
    const rig = await createProject(slowHooks);
    const call = rig.spawn('run', 'pipelines/hangs.yaml');
    const pids = await waitForBothPids(rig);
    call.kill('SIGINT');
    expect((await call.result).exitCode).toBe(130);
    expect(findRunning(pids)).toEqual([]);
    // The report is complete and contains the cancelled hook.
    expect(call.stdout()).toContain('the on_cycle_complete hook node was cancelled');
  });

  it('leaves no process behind at the second Ctrl-C', async () => {
    const rig = await createProject(slowHooks);
    const call = rig.spawn('run', 'pipelines/hangs.yaml');
    const pids = await waitForBothPids(rig);
    call.kill('SIGINT');
    await call.waitForOutput(/stopping/);
    call.kill('SIGINT');
    expect((await call.result).exitCode).toBe(130);
    await expect.poll(() => findRunning(pids)).toEqual([]);
  });
});
