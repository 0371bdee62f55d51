import { describe, expect, it } from 'vitest';

import { hour, formatInstant, minute, second } from '../../src/core/time/time.js';
import { formatServeEvent } from '../../src/app/serve/format-serve-event.js';
import { plainStyle } from '../../src/platform/style.js';
import { computeScheduleKey } from '../../src/scheduler/schedule/cycle-store.js';
import type { ServeEvent } from '../../src/scheduler/serve-event.js';
import type { StartWorker } from '../../src/scheduler/worker.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createFakeWatcher, startFakeCollector, createFakeRuns, createFakeStore } from './fakes.js';
import { at, cron, every, createSchedule, createScheduledPipeline } from './schedules.js';

const start = at('2026-11-20T00:30:00Z');
const hourly = createScheduledPipeline('hourly', createSchedule(every(hour)));

/** Formats an event as `01:00 hourly missed 1 overlap`. */
function describeEvent(event: ServeEvent): string {
  const clock = formatInstant(event.at).slice(11, 16);
  switch (event.type) {
    case 'cycle-started':
      return `${clock} ${event.pipeline} starts`;
    case 'cycle-ended':
      return `${clock} ${event.pipeline} ${event.outcome}`;
    case 'runs-missed':
      return `${clock} ${event.pipeline} missed ${event.count} ${event.reason}`;
    case 'pipeline-rejected':
      return `${clock} rejected ${event.file}, active: ${String(event.activePipeline)}`;
    case 'pipeline-loaded':
      return `${clock} loaded ${event.pipeline}`;
    case 'pipeline-reloaded':
      return `${clock} reloaded ${event.pipeline}`;
    default:
      return `${clock} ${event.type}`;
  }
}

/** Starts runs that end only if they are stopped or killed, and records those calls. */
function createEndlessRuns(): { readonly start: StartWorker; readonly calls: string[]; ignoreStop: boolean } {
  const calls: string[] = [];
  const control = {
    calls,
    ignoreStop: false,
    start: (() => {
      let end: (end: { outcome: 'cancelled' | 'crashed'; reason: null }) => void = () => undefined;
      return {
        ended: new Promise((resolve) => (end = resolve)),
        stop: () => {
          calls.push('stop');
          if (!control.ignoreStop) end({ outcome: 'cancelled', reason: null });
        },
        kill: () => {
          calls.push('kill');
          end({ outcome: 'crashed', reason: null });
        },
      };
    }) satisfies StartWorker,
  };
  return control;
}

describe('startCollector', () => {
  it('runs two pipelines concurrently and skips a due time of the pipeline that is still running', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const slow = createScheduledPipeline('slow', createSchedule(every(hour)));
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, ({ pipeline }) => ({
        durationMs: pipeline === 'slow' ? 90 * minute : minute,
        outcome: 'ok',
      })),
      watcher: createFakeWatcher([hourly, slow]),
    });
    await clock.advanceTo(at('2026-11-20T02:35:00Z'));
    fake.stop();
    await fake.collector.done;
    expect(fake.events.map(describeEvent)).toEqual([
      '00:30 loaded hourly',
      '00:30 loaded slow',
      '01:00 hourly starts',
      '01:00 slow starts',
      '01:01 hourly ok',
      '02:00 slow missed 1 overlap',
      '02:00 hourly starts',
      '02:01 hourly ok',
      '02:30 slow ok',
      '02:35 shutting-down',
    ]);
  });

  it('reloads an edited file, keeps the last valid version of an invalid file, and removes a deleted file', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const watcher = createFakeWatcher([hourly]);
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: minute, outcome: 'ok' })),
      watcher,
    });
    watcher.change({ kind: 'read', file: hourly.file, read: { kind: 'invalid', message: 'no', sourceFiles: [] } });
    await clock.advanceTo(at('2026-11-20T01:10:00Z'));
    expect(fake.collector.getState().invalidFiles).toMatchObject([{ file: 'hourly.yaml', activePipeline: 'hourly' }]);
    const pipeline = { ...hourly, schedule: createSchedule(every(30 * minute)) };
    watcher.change({ kind: 'read', file: hourly.file, read: { kind: 'scheduled', pipeline, sourceFiles: [] } });
    const twin = { ...hourly, file: 'twin.yaml' };
    watcher.change({ kind: 'read', file: twin.file, read: { kind: 'scheduled', pipeline: twin, sourceFiles: [] } });
    await clock.advanceTo(at('2026-11-20T01:45:00Z'));
    expect(fake.collector.getState().invalidFiles).toMatchObject([{ file: 'twin.yaml' }]);
    // A file that was rejected for its name gets the name as soon as it is free.
    watcher.change({ kind: 'removed', file: hourly.file });
    await clock.advanceTo(at('2026-11-20T02:05:00Z'));
    expect(fake.collector.getState().invalidFiles).toEqual([]);
    watcher.change({ kind: 'removed', file: twin.file });
    await clock.advanceTo(at('2026-11-20T04:00:00Z'));
    fake.stop();
    await fake.collector.done;
    expect(fake.events.map(describeEvent)).toEqual([
      '00:30 loaded hourly',
      '00:31 rejected hourly.yaml, active: hourly',
      '01:00 hourly starts',
      '01:01 hourly ok',
      '01:11 reloaded hourly',
      '01:11 rejected twin.yaml, active: null',
      '01:30 hourly starts',
      '01:31 hourly ok',
      '01:46 reloaded hourly',
      '02:00 hourly starts',
      '02:01 hourly ok',
      '02:06 pipeline-removed',
      '04:00 shutting-down',
    ]);
  });

  it('kills a run that ignores the stop after the grace period, and the next collector catches up its due time', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const store = createFakeStore();
    const runs = createEndlessRuns();
    runs.ignoreStop = true;
    const fake = await startFakeCollector({
      clock,
      store,
      startWorker: runs.start,
      watcher: createFakeWatcher([hourly]),
    });
    await clock.advanceTo(at('2026-11-20T01:05:00Z'));
    fake.stop();
    await clock.advanceBy(5 * second);
    expect(runs.calls).toEqual(['stop']);
    await clock.advanceBy(6 * second);
    await fake.collector.done;
    expect(runs.calls).toEqual(['stop', 'kill']);
    expect(store.saved.get('hourly')?.state.running).toMatchObject({ due: at('2026-11-20T01:00:00Z') });

    const next = await startFakeCollector({
      clock,
      store,
      startWorker: createFakeRuns(clock, () => ({ durationMs: minute, outcome: 'ok' })),
      watcher: createFakeWatcher([hourly]),
    });
    await clock.advanceBy(2 * minute);
    expect(next.events.map(describeEvent)).toContain('01:05 hourly starts');
    next.stop();
    await next.collector.done;
  });

  it('waits for an orphan run of an earlier collector and reports due times meanwhile as overlap', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const store = createFakeStore();
    const due = { due: at('2026-11-20T00:00:00Z'), trigger: 'due' } as const;
    const { schedule } = hourly;
    const state = { until: due.due, running: due, waiting: [], started: 1 };
    await store.write('hourly', { schedule: computeScheduleKey(schedule), state });
    const startTimes: string[] = [];
    const fake = await startFakeCollector({
      clock,
      store,
      startWorker: createFakeRuns(clock, () => {
        startTimes.push(formatInstant(clock.now()).slice(11, 16));
        return { durationMs: minute, outcome: 'ok' };
      }),
      watcher: createFakeWatcher([hourly]),
      findExternalRun: () => Promise.resolve(clock.now() < at('2026-11-20T01:20:00Z') ? { since: due.due } : null),
    });
    await clock.advanceTo(at('2026-11-20T01:05:00Z'));
    expect(fake.collector.getState().runners[0]).toMatchObject({ running: { cycle: due, startedAt: due.due } });
    await clock.advanceTo(at('2026-11-20T02:30:00Z'));
    fake.stop();
    await fake.collector.done;
    expect(startTimes).toEqual(['02:00']);
    expect(fake.events.map(describeEvent)).toEqual([
      '00:30 orphan-run-found',
      '00:30 loaded hourly',
      '01:00 hourly missed 1 overlap',
      '01:20 orphan-run-ended',
      '02:00 hourly starts',
      '02:01 hourly ok',
      '02:30 shutting-down',
    ]);
  });

  it('skips a due time while a manual run is in progress', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: minute, outcome: 'ok' })),
      watcher: createFakeWatcher([hourly]),
      findExternalRun: () => Promise.resolve(clock.now() < at('2026-11-20T01:20:00Z') ? { since: start } : null),
    });
    await clock.advanceTo(at('2026-11-20T02:30:00Z'));
    fake.stop();
    await fake.collector.done;
    expect(fake.events.map(describeEvent).slice(1, 4)).toEqual([
      '01:00 hourly missed 1 overlap',
      '02:00 hourly starts',
      '02:01 hourly ok',
    ]);
  });

  it('skips due times while the circuit of the provider is open, and says why', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const minutely = createScheduledPipeline('minutely', createSchedule(every(minute)));
    const circuit = {
      provider: 'mock',
      until: at('2026-11-20T00:33:20Z'),
      failures: 5,
      cause: 'connection refused',
    };
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: second, outcome: 'ok' })),
      watcher: createFakeWatcher([minutely]),
      findOpenCircuits: () => Promise.resolve([circuit]),
    });
    await clock.advanceTo(at('2026-11-20T00:35:30Z'));
    fake.stop();
    await fake.collector.done;
    expect(fake.events.map(describeEvent).slice(1, -1)).toEqual([
      '00:31 minutely missed 1 circuit-open',
      '00:32 minutely missed 1 circuit-open',
      '00:33 minutely missed 1 circuit-open',
      '00:34 minutely starts',
      '00:34 minutely ok',
      '00:35 minutely starts',
      '00:35 minutely ok',
    ]);
    const skipped = fake.events.find(({ type }) => type === 'runs-missed');
    if (skipped === undefined || skipped.type === 'run-event') throw new Error('no due time was skipped');
    expect(formatServeEvent(skipped, plainStyle).text).toBe(
      '1 scheduled run skipped (due 2026-11-20 00:31 UTC): circuit open for mock until 2026-11-20 00:33:20 UTC after 5 failures in a row: connection refused',
    );
  });

  it('starts a run that is due once a day although the circuit is open: the run waits itself', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const daily = createScheduledPipeline('daily', createSchedule(cron('31 0 * * *')));
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: second, outcome: 'ok' })),
      watcher: createFakeWatcher([daily]),
      findOpenCircuits: () => Promise.resolve([{ provider: 'mock', until: at('2026-11-20T00:32:00Z'), failures: 5 }]),
    });
    await clock.advanceTo(at('2026-11-20T00:35:00Z'));
    fake.stop();
    await fake.collector.done;
    expect(fake.events.map(describeEvent)).toContain('00:31 daily starts');
  });

  it('says how to try a pipeline whose market is closed', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const intraday = createScheduledPipeline('intraday', createSchedule(every(5 * minute, 'XNYS')));
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: second, outcome: 'ok' })),
      watcher: createFakeWatcher([{ ...intraday, providers: ['ib'] }]),
    });
    fake.stop();
    await fake.collector.done;
    const [loaded] = fake.events;
    if (loaded?.type !== 'pipeline-loaded') throw new Error('the pipeline was not loaded');
    expect(formatServeEvent(loaded, plainStyle).text).toBe(
      'loaded from intraday.yaml, next due 2026-11-20 09:30 New York\n' +
        'XNYS is closed; to try the pipeline now: pipe simulate tws --start 2026-11-20T14:29:50Z, and pipe serve intraday.yaml --now 2026-11-20T14:29:50Z',
    );
  });

  it('ends when every pipeline has reached max_cycles', async () => {
    const clock = createVirtualClock(start);
    const twice = createScheduledPipeline('twice', createSchedule(every(minute), { maxCycles: 2 }));
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: second, outcome: 'ok' })),
      watcher: createFakeWatcher([twice]),
    });
    await fake.collector.done;
    expect(fake.events.filter(({ type }) => type === 'cycle-ended')).toHaveLength(2);
  });

  it('reports that the state cannot be saved and still runs the pipeline', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const fake = await startFakeCollector({
      clock,
      store: { read: () => Promise.resolve(null), write: () => Promise.reject(new Error('disk full')) },
      startWorker: createFakeRuns(clock, () => ({ durationMs: second, outcome: 'ok' })),
      watcher: createFakeWatcher([hourly]),
    });
    await clock.advanceTo(at('2026-11-20T01:05:00Z'));
    fake.stop();
    await fake.collector.done;
    expect(fake.events.map(({ type }) => type)).toContain('state-save-failed');
    expect(fake.events.map(describeEvent)).toContain('01:00 hourly ok');
  });
});
