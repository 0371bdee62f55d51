/**
 * Runs a collector for thousands of cycles with a virtual clock and measures its memory, which must not grow.
 * `npm run soak -- --cycles 10000`.
 */
import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, test } from 'vitest';

import { formatInstant, minute, second } from '../../../src/core/time/time.js';
import { createStatusFile, statusFilePath } from '../../../src/app/serve/status-file.js';
import { formatServeEvent } from '../../../src/app/serve/format-serve-event.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { createPipelineWatcher } from '../../../src/scheduler/pipeline-watcher.js';
import { startCollector } from '../../../src/scheduler/collector.js';
import { createCycleStore } from '../../../src/scheduler/schedule/cycle-store.js';
import type { CycleStore } from '../../../src/scheduler/schedule/cycle-store.js';
import { checkHealth } from '../../../src/scheduler/monitoring/health.js';
import type { Health } from '../../../src/scheduler/monitoring/health.js';
import { createActivity } from '../../../src/scheduler/monitoring/activity.js';
import { createMetrics } from '../../../src/scheduler/monitoring/metrics.js';
import type { ServeEvent } from '../../../src/scheduler/serve-event.js';
import { buildStatusDocument } from '../../../src/scheduler/monitoring/status-document.js';
import type { StatusDocument } from '../../../src/scheduler/monitoring/status-document.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { createFakeStore } from '../../scheduler/fakes.js';
import { at, calendar, every, createSchedule, createScheduledPipeline } from '../../scheduler/schedules.js';
import { createVirtualClock } from '../../virtual-clock.js';
import { getCycleTime } from './soak-pipeline.js';
import { recordRuns, replayRuns } from './recordings.js';
import type { Recordings } from './recordings.js';

const cycles = Number(process.env['PIPE_SOAK_CYCLES'] ?? '3000');

/** Number of measurements; the collector grows until it is warm (all functions compiled, all maps at full size). */
const measurementCount = 20;
const warmUpCycles = Math.min(1_000, cycles / 2);

/**
 * Maximum retained bytes per cycle. Measured: 1 to 7, from maps that have not reached their full size; one number retained per
 * cycle would be at least 8, a summary about 200, the events 12,000.
 */
const maxBytesPerCycle = 30;

/** Live heap after garbage collection. */
function measureHeap(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run this with --expose-gc');
  for (let round = 0; round < 4; round++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface HeapMeasurement {
  readonly cycles: number;
  readonly bytes: number;
}

/** Runs the collector as `pipe serve` wires it and measures its memory regularly; `leak` receives every event. */
async function measureCollector(
  folder: string,
  store: CycleStore,
  recordings: Recordings,
  leak: (event: ServeEvent) => void = () => undefined,
): Promise<readonly HeapMeasurement[]> {
  const clock = createVirtualClock(at(getCycleTime(0)), { auto: false });
  const activity = createActivity();
  const metrics = createMetrics(activity);
  const pipeline = createScheduledPipeline('soak', createSchedule(every(minute)));
  metrics.setPipeline(pipeline);
  let ended = 0;
  let outputLength = 0;
  const stopping = new AbortController();
  const stopped = new AbortController();
  const collector = await startCollector({
    clock,
    calendar,
    store,
    startWorker: replayRuns(clock, recordings),
    watcher: createPipelineWatcher({
      list: () => Promise.resolve([pipeline.file]),
      read: (file) => Promise.resolve({ kind: 'scheduled', pipeline, sourceFiles: [file] }),
      // Edits the file every hundred cycles.
      fingerprint: () => Promise.resolve(String(Math.floor(ended / 100))),
    }),
    findExternalRun: () => Promise.resolve(null),
    findOpenCircuits: () => Promise.resolve([]),
    saveDefinition: () => Promise.resolve(),
    maxConcurrentRuns: 2,
    pollInterval: 10 * second,
    grace: 10 * second,
    stopping: stopping.signal,
    stopped: stopped.signal,
    emit(event) {
      activity.handle(event);
      metrics.handle(event);
      leak(event);
      if (event.type !== 'run-event') outputLength += formatServeEvent(event, (_color, text) => text).text.length;
      if (event.type === 'cycle-ended') {
        ended++;
        statusFile.refresh();
        if (ended % 5 === 0) void renderMetrics().then((text) => (outputLength += text.length));
      }
    },
  });
  const getHealth = (): Health => checkHealth(collector.getState(), activity, clock.now());
  const getStatus = (): StatusDocument =>
    buildStatusDocument(
      { pid: 1, host: 'here', address: null },
      collector.getState(),
      getHealth(),
      activity,
      clock.now(),
    );
  const statusFile = createStatusFile(statusFilePath(folder), getStatus);
  const renderMetrics = (): Promise<string> =>
    metrics.render({
      now: clock.now(),
      collector: collector.getState(),
      tables: [],
      budgets: [],
      isHealthy: getHealth().notReady.length === 0,
      residentBytes: 0,
      version: 'soak',
    });
  const measurements: HeapMeasurement[] = [];
  for (let round = 1; round <= measurementCount; round++) {
    const next = Math.round((cycles * round) / measurementCount);
    await clock.advanceTo(at(getCycleTime(0)) + next * minute + 30 * second);
    expect(ended).toBe(next);
    measurements.push({ cycles: next, bytes: measureHeap() });
  }
  expect(outputLength).toBeGreaterThan(cycles);
  expect(await renderMetrics()).toContain(`pipe_collection_success_total{pipeline="soak"} `);
  expect(collector.getState().runners[0]?.last?.due).toBe(at(getCycleTime(0)) + ended * minute);
  stopping.abort();
  await collector.done;
  await statusFile.finish();
  return measurements;
}

/** Memory growth per cycle: the slope of a linear fit through all measurements. */
function bytesPerCycle(measurements: readonly HeapMeasurement[]): number {
  const warm = measurements.filter((one) => one.cycles >= warmUpCycles);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [cycle, weight] = [mean(warm.map((one) => one.cycles)), mean(warm.map((one) => one.bytes))];
  const covariances = warm.map((one) => (one.cycles - cycle) * (one.bytes - weight));
  const variances = warm.map((one) => (one.cycles - cycle) ** 2);
  return mean(covariances) / mean(variances);
}

let rig: Rig;
let recordings: Recordings;
beforeAll(async () => {
  // Recompiled code would hide the growth that the test measures.
  for (const flag of ['--no-opt', '--no-sparkplug', '--no-flush-bytecode']) setFlagsFromString(flag);
  rig = await createRig();
  recordings = await recordRuns(rig);
});

describe(`a collector over ${String(cycles)} cycles`, () => {
  test('retains no memory of completed cycles', { timeout: 3_600_000 }, async () => {
    expect(recordings.ok.length).toBeGreaterThan(30);
    expect(recordings.partial.some((line) => line.includes('"status":"failed"'))).toBe(true);
    const folder = rig.path('data');
    const measurements = await measureCollector(folder, createCycleStore(folder, nodeFiles), recordings);
    const lines = measurements.map(
      ({ cycles: after, bytes }) => `${String(after).padStart(8)}  ${(bytes / 1e6).toFixed(3)} MB`,
    );
    const kept = bytesPerCycle(measurements);
    process.stdout.write(
      `\n   cycle  heap, ${formatInstant(at(getCycleTime(0))).slice(0, 10)} on\n${lines.join('\n')}\n${kept.toFixed(1)} bytes a cycle\n`,
    );
    expect(kept).toBeLessThan(maxBytesPerCycle);
  });

  test('fails the limit when 200 bytes of each cycle leak', { timeout: 3_600_000 }, async () => {
    const kept: string[] = [];
    const leaking = (event: ServeEvent): void => {
      if (event.type === 'cycle-ended') kept.push(`${'x'.repeat(180)}${String(kept.length)}`.toUpperCase());
    };
    const measurements = await measureCollector(rig.path('data'), createFakeStore(), recordings, leaking);
    expect(kept).toHaveLength(cycles);
    expect(bytesPerCycle(measurements)).toBeGreaterThan(150);
  });
});
