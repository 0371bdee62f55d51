/**
 * Lets a collector run thousands of cycles on a clock of its own and weighs it on the way: its memory must stay as it is.
 * `npm run soak -- --cycles 10000`.
 */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, test } from 'vitest';

import { isoInstant, minute, second } from '../../src/core/time.js';
import { collectorFile } from '../../src/cli/collector-file.js';
import { serveWords } from '../../src/cli/serve-words.js';
import { diskFiles } from '../../src/lineage/files.js';
import { catalogue } from '../../src/serve/catalogue.js';
import { openCollector } from '../../src/serve/collector.js';
import { cycleStore, serveFolder } from '../../src/serve/cycle-store.js';
import type { CycleStore } from '../../src/serve/cycle-store.js';
import { exposition } from '../../src/serve/exposition.js';
import { healthOf } from '../../src/serve/health.js';
import { meters } from '../../src/serve/meters.js';
import { metricFamilies } from '../../src/serve/metrics.js';
import type { ServeEvent } from '../../src/serve/serve-event.js';
import { statusDocument } from '../../src/serve/status-document.js';
import { makeRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { pretendStore } from '../serve/pretend.js';
import { at, calendar, every, scheduleOf, served } from '../serve/schedules.js';
import { virtualClock } from '../virtual-clock.js';
import { momentOf } from './soak-pipeline.js';
import { recordRuns, replayedRuns } from './soak-recording.js';
import type { Recordings } from './soak-recording.js';

const cycles = Number(process.env['PIPE_SOAK_CYCLES'] ?? '3000');

/** The collector is weighed so often; until it is warm (every function seen, every map as large as it gets) it grows. */
const weighings = 20;
const warmAfter = Math.min(1_000, cycles / 2);

/**
 * Bytes that a cycle may leave behind. Measured are 1 to 7, of maps that have not reached their size yet; a number kept of every
 * cycle is 8 and more, what is known of one some 200, its events 12,000.
 */
const mostKept = 30;

/** What is alive, once all garbage is collected. */
function heap(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run this with --expose-gc');
  for (let round = 0; round < 4; round++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Weighed {
  readonly cycles: number;
  readonly bytes: number;
}

/** Runs the collector as `pipe serve` puts it together, and weighs it now and then. `leak` is handed every event. */
async function weigh(
  folder: string,
  store: CycleStore,
  recordings: Recordings,
  leak: (event: ServeEvent) => void = () => undefined,
): Promise<readonly Weighed[]> {
  const clock = virtualClock(at(momentOf(0)), { auto: false });
  const counted = meters();
  const pipeline = served('soak', scheduleOf(every(minute)));
  let ended = 0;
  let said = 0;
  const stopping = new AbortController();
  const stopped = new AbortController();
  const collector = await openCollector({
    clock,
    calendar,
    store,
    start: replayedRuns(clock, recordings),
    catalogue: catalogue({
      list: () => Promise.resolve([pipeline.file]),
      read: (file) => Promise.resolve({ kind: 'scheduled', pipeline, reads: [file] }),
      // Somebody edits it every hundred cycles.
      stamp: () => Promise.resolve(String(Math.floor(ended / 100))),
    }),
    otherRun: () => Promise.resolve(null),
    accept: () => Promise.resolve(),
    lookEvery: 10 * second,
    grace: 10 * second,
    stopping: stopping.signal,
    stopped: stopped.signal,
    emit(event) {
      counted.take(event);
      leak(event);
      if (event.type !== 'run-event') said += serveWords(event, (_color, text) => text).words.length;
      if (event.type === 'cycle-ended') {
        ended++;
        note.renew();
        if (ended % 5 === 0) said += metricsText().length;
      }
    },
  });
  const document = (): Readonly<Record<string, unknown>> =>
    statusDocument({ pid: 1, host: 'here', address: null }, collector.view(), counted, clock.now());
  const note = collectorFile(join(serveFolder(folder), 'collector.json'), document);
  const metricsText = (): string => {
    const [view, now] = [collector.view(), clock.now()];
    const healthy = healthOf(view, counted, now).unready.length === 0;
    const rest = { tables: [], budgets: [], healthy, residentBytes: 0, version: 'soak' };
    return exposition(metricFamilies({ now, view, meters: counted, ...rest }));
  };
  const weighed: Weighed[] = [];
  for (let round = 1; round <= weighings; round++) {
    const next = Math.round((cycles * round) / weighings);
    await clock.advanceTo(at(momentOf(0)) + next * minute + 30 * second);
    expect(ended).toBe(next);
    weighed.push({ cycles: next, bytes: heap() });
  }
  expect(said).toBeGreaterThan(cycles);
  expect(metricsText()).toContain(`pipe_collection_success_total{pipeline="soak"} `);
  expect(collector.view().lanes[0]?.last?.due).toBe(at(momentOf(0)) + ended * minute);
  stopping.abort();
  await collector.done;
  await note.finish();
  return weighed;
}

/** What a cycle left behind: how steep the straight line is that lies closest to all weighings. */
function keptPerCycle(weighed: readonly Weighed[]): number {
  const counted = weighed.filter((one) => one.cycles >= warmAfter);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [cycle, weight] = [mean(counted.map((one) => one.cycles)), mean(counted.map((one) => one.bytes))];
  const together = counted.map((one) => (one.cycles - cycle) * (one.bytes - weight));
  const apart = counted.map((one) => (one.cycles - cycle) ** 2);
  return mean(together) / mean(apart);
}

let rig: Rig;
let recordings: Recordings;
beforeAll(async () => {
  // Code that the compiler makes anew now and then would weigh more than what is looked for.
  for (const flag of ['--no-opt', '--no-sparkplug', '--no-flush-bytecode']) setFlagsFromString(flag);
  rig = await makeRig();
  recordings = await recordRuns(rig);
});

describe(`a collector over ${String(cycles)} cycles`, () => {
  test('keeps nothing of a cycle that is over', { timeout: 3_600_000 }, async () => {
    expect(recordings.usual.length).toBeGreaterThan(30);
    expect(recordings.ailing.some((line) => line.includes('"status":"failed"'))).toBe(true);
    const folder = rig.path('data');
    const weighed = await weigh(folder, cycleStore(folder, diskFiles), recordings);
    const lines = weighed.map(
      ({ cycles: after, bytes }) => `${String(after).padStart(8)}  ${(bytes / 1e6).toFixed(3)} MB`,
    );
    const kept = keptPerCycle(weighed);
    process.stdout.write(
      `\n   cycle  heap, ${isoInstant(at(momentOf(0))).slice(0, 10)} on\n${lines.join('\n')}\n${kept.toFixed(1)} bytes a cycle\n`,
    );
    expect(kept).toBeLessThan(mostKept);
  });

  test('is found out when it keeps 200 bytes of each', { timeout: 3_600_000 }, async () => {
    const kept: string[] = [];
    const leaking = (event: ServeEvent): void => {
      if (event.type === 'cycle-ended') kept.push(`${'x'.repeat(180)}${String(kept.length)}`.toUpperCase());
    };
    const weighed = await weigh(rig.path('data'), pretendStore(), recordings, leaking);
    expect(kept).toHaveLength(cycles);
    expect(keptPerCycle(weighed)).toBeGreaterThan(150);
  });
});
