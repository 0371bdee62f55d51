import { describe, expect, it } from 'vitest';

import { hour, formatInstant, minute, second } from '../../src/core/time/time.js';
import { computeScheduleKey } from '../../src/scheduler/schedule/cycle-store.js';
import type { ServeEvent } from '../../src/scheduler/serve-event.js';
import type { StartWorker } from '../../src/scheduler/worker.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createFakeWatcher, startFakeCollector, createFakeRuns, createFakeStore } from './fakes.js';
import { at, every, createSchedule, createScheduledPipeline } from './schedules.js';

const start = at('2026-11-20T00:30:00Z');
const hourly = createScheduledPipeline('hourly', createSchedule(every(hour)));

function words(event: ServeEvent): string {
  const clock = formatInstant(event.at).slice(11, 16);
  switch (event.type) {
    case 'cycle-started':
      return `${clock} ${event.pipeline} begins`;
    case 'cycle-ended':
      return `${clock} ${event.pipeline} ${event.outcome}`;
    case 'runs-missed':
      return `${clock} ${event.pipeline} missed ${event.count} ${event.reason}`;
    case 'pipeline-rejected':
      return `${clock} refused ${event.file}, keeps ${String(event.activePipeline)}`;
    case 'pipeline-loaded':
      return `${clock} taken ${event.pipeline}${event.changed ? ' again' : ''}`;
    default:
      return `${clock} ${event.type}`;
  }
}

/** Runs that never end by themselves, and count how they are ended. */
function createEndlessRuns(): { readonly start: StartWorker; readonly calls: string[]; refuse: boolean } {
  const calls: string[] = [];
  const control = {
    calls,
    refuse: false,
    start: (() => {
      let end: (end: { outcome: 'interrupted' | 'crashed'; reason: null }) => void = () => undefined;
      return {
        ended: new Promise((resolve) => (end = resolve)),
        stop: () => {
          calls.push('stop');
          if (!control.refuse) end({ outcome: 'interrupted', reason: null });
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

describe('a collector', () => {
  it('runs several pipelines side by side, each one at a time', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const slow = createScheduledPipeline('slow', createSchedule(every(hour)));
    const of = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, ({ pipeline }) => ({
        took: pipeline === 'slow' ? 90 * minute : minute,
        end: 'ok',
      })),
      watcher: createFakeWatcher([hourly, slow]),
    });
    await clock.advanceTo(at('2026-11-20T02:35:00Z'));
    of.stop();
    await of.collector.done;
    expect(of.events.map(words)).toEqual([
      '00:30 taken hourly',
      '00:30 taken slow',
      '01:00 hourly begins',
      '01:00 slow begins',
      '01:01 hourly ok',
      '02:00 slow missed 1 overlap',
      '02:00 hourly begins',
      '02:01 hourly ok',
      '02:30 slow ok',
      '02:35 stopping',
    ]);
  });

  it('takes edits, keeps what was there when an edit is wrong, and drops what is gone', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const catalogue = createFakeWatcher([hourly]);
    const of = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ took: minute, end: 'ok' })),
      watcher: catalogue,
    });
    catalogue.change({ kind: 'read', file: hourly.file, read: { kind: 'wrong', message: 'no', sourceFiles: [] } });
    await clock.advanceTo(at('2026-11-20T01:10:00Z'));
    expect(of.collector.getState().invalidFiles).toMatchObject([{ file: 'hourly.yaml', keeps: 'hourly' }]);
    const pipeline = { ...hourly, schedule: createSchedule(every(30 * minute)) };
    catalogue.change({ kind: 'read', file: hourly.file, read: { kind: 'scheduled', pipeline, sourceFiles: [] } });
    const twin = { ...hourly, file: 'twin.yaml' };
    catalogue.change({ kind: 'read', file: twin.file, read: { kind: 'scheduled', pipeline: twin, sourceFiles: [] } });
    await clock.advanceTo(at('2026-11-20T01:45:00Z'));
    expect(of.collector.getState().invalidFiles).toMatchObject([{ file: 'twin.yaml' }]);
    // What was refused for a name has it as soon as it is free.
    catalogue.change({ kind: 'gone', file: hourly.file });
    await clock.advanceTo(at('2026-11-20T02:05:00Z'));
    expect(of.collector.getState().invalidFiles).toEqual([]);
    catalogue.change({ kind: 'gone', file: twin.file });
    await clock.advanceTo(at('2026-11-20T04:00:00Z'));
    of.stop();
    await of.collector.done;
    expect(of.events.map(words)).toEqual([
      '00:30 taken hourly',
      '00:31 refused hourly.yaml, keeps hourly',
      '01:00 hourly begins',
      '01:01 hourly ok',
      '01:11 taken hourly again',
      '01:11 refused twin.yaml, keeps null',
      '01:30 hourly begins',
      '01:31 hourly ok',
      '01:46 taken hourly again',
      '02:00 hourly begins',
      '02:01 hourly ok',
      '02:06 pipeline-removed',
      '04:00 stopping',
    ]);
  });

  it('asks what is under way to end, ends it when it does not, and remembers what was cut off', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const store = createFakeStore();
    const runs = createEndlessRuns();
    runs.refuse = true;
    const of = await startFakeCollector({
      clock,
      store,
      startWorker: runs.start,
      watcher: createFakeWatcher([hourly]),
    });
    await clock.advanceTo(at('2026-11-20T01:05:00Z'));
    of.stop();
    await clock.advanceBy(5 * second);
    expect(runs.calls).toEqual(['stop']);
    await clock.advanceBy(6 * second);
    await of.collector.done;
    expect(runs.calls).toEqual(['stop', 'kill']);
    expect(store.saved.get('hourly')?.state.running).toMatchObject({ due: at('2026-11-20T01:00:00Z') });

    const next = await startFakeCollector({
      clock,
      store,
      startWorker: createFakeRuns(clock, () => ({ took: minute, end: 'ok' })),
      watcher: createFakeWatcher([hourly]),
    });
    await clock.advanceBy(2 * minute);
    expect(next.events.map(words)).toContain('01:05 hourly begins');
    next.stop();
    await next.collector.done;
  });

  it('waits for a run that has outlived its collector, and counts what is due meanwhile as overlapping', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const store = createFakeStore();
    const due = { due: at('2026-11-20T00:00:00Z'), why: 'due' } as const;
    const { schedule } = hourly;
    const state = { until: due.due, running: due, waiting: [], started: 1 };
    await store.write('hourly', { schedule: computeScheduleKey(schedule), state });
    const begun: string[] = [];
    const of = await startFakeCollector({
      clock,
      store,
      startWorker: createFakeRuns(clock, () => {
        begun.push(formatInstant(clock.now()).slice(11, 16));
        return { took: minute, end: 'ok' };
      }),
      watcher: createFakeWatcher([hourly]),
      findExternalRun: () => Promise.resolve(clock.now() < at('2026-11-20T01:20:00Z') ? { since: due.due } : null),
    });
    await clock.advanceTo(at('2026-11-20T01:05:00Z'));
    expect(of.collector.getState().runners[0]).toMatchObject({ running: { cycle: due, startedAt: due.due } });
    await clock.advanceTo(at('2026-11-20T02:30:00Z'));
    of.stop();
    await of.collector.done;
    expect(begun).toEqual(['02:00']);
    expect(of.events.map(words)).toEqual([
      '00:30 orphan-run-found',
      '00:30 taken hourly',
      '01:00 hourly missed 1 overlap',
      '01:20 orphan-run-ended',
      '02:00 hourly begins',
      '02:01 hourly ok',
      '02:30 stopping',
    ]);
  });

  it('leaves a due time out while somebody runs the pipeline by hand', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const of = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ took: minute, end: 'ok' })),
      watcher: createFakeWatcher([hourly]),
      findExternalRun: () => Promise.resolve(clock.now() < at('2026-11-20T01:20:00Z') ? { since: start } : null),
    });
    await clock.advanceTo(at('2026-11-20T02:30:00Z'));
    of.stop();
    await of.collector.done;
    expect(of.events.map(words).slice(1, 4)).toEqual([
      '01:00 hourly missed 1 overlap',
      '02:00 hourly begins',
      '02:01 hourly ok',
    ]);
  });

  it('ends by itself when every pipeline has had its cycles', async () => {
    const clock = createVirtualClock(start);
    const twice = createScheduledPipeline('twice', createSchedule(every(minute), { maxCycles: 2 }));
    const of = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ took: second, end: 'ok' })),
      watcher: createFakeWatcher([twice]),
    });
    await of.collector.done;
    expect(of.events.filter(({ type }) => type === 'cycle-ended')).toHaveLength(2);
  });

  it('says that it cannot remember, and goes on', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const of = await startFakeCollector({
      clock,
      store: { read: () => Promise.resolve(null), write: () => Promise.reject(new Error('disk full')) },
      startWorker: createFakeRuns(clock, () => ({ took: second, end: 'ok' })),
      watcher: createFakeWatcher([hourly]),
    });
    await clock.advanceTo(at('2026-11-20T01:05:00Z'));
    of.stop();
    await of.collector.done;
    expect(of.events.map(({ type }) => type)).toContain('state-save-failed');
    expect(of.events.map(words)).toContain('01:00 hourly ok');
  });

  it('needs no more memory after ten thousand cycles', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const minutely = createScheduledPipeline('minutely', createSchedule(every(minute)));
    let ended = 0;
    const of = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ took: second, end: 'ok' })),
      watcher: createFakeWatcher([minutely]),
      keepEvents: false,
      onEvent: (event) => {
        if (event.type === 'cycle-ended') ended++;
      },
    });
    const heap = (): number => process.memoryUsage().heapUsed;
    await clock.advanceBy(2_000 * minute);
    const before = heap();
    await clock.advanceBy(10_000 * minute);
    expect(ended).toBeGreaterThanOrEqual(11_999);
    // Without a forced collection of garbage the heap swings by some megabytes; a leak of 1 kB a cycle would be 10.
    expect(heap() - before).toBeLessThan(30_000_000);
    of.stop();
    await of.collector.done;
  });
});
