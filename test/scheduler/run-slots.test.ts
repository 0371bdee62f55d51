import { describe, expect, it } from 'vitest';

import { minute, second } from '../../src/core/time/time.js';
import { agingInterval, compareQueuedRuns, createRunSlots } from '../../src/scheduler/run-slots.js';
import type { Priority, QueuedRun } from '../../src/scheduler/run-slots.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createFakeRuns, createFakeStore, createFakeWatcher, createMeasuredRuns, startFakeCollector } from './fakes.js';
import { at, createSchedule, createScheduledPipeline, cron, every } from './schedules.js';

const start = at('2026-11-20T18:29:00Z');

const nightly = (name: string, priority: Priority) =>
  createScheduledPipeline(name, createSchedule(cron('30 18 * * *'), { priority }));

describe('compareQueuedRuns', () => {
  const queued = (priority: Priority, due: number, since = due): QueuedRun => ({ priority, due, since });

  it('starts the higher priority first and the earlier due time among equals', () => {
    const runs = [queued('low', 1), queued('normal', 3), queued('high', 4), queued('normal', 2)];
    expect(runs.toSorted((a, b) => compareQueuedRuns(a, b, 5)).map(({ due }) => due)).toEqual([4, 2, 3, 1]);
  });

  it('starts a run of low priority before a new one of high priority after ten minutes in the queue', () => {
    const now = start + 2 * agingInterval;
    const runs = [queued('high', now), queued('low', start)];
    expect(runs.toSorted((a, b) => compareQueuedRuns(a, b, now - 1))[0]?.priority).toBe('high');
    expect(runs.toSorted((a, b) => compareQueuedRuns(a, b, now))[0]?.priority).toBe('low');
  });
});

describe('createRunSlots', () => {
  it('grants a freed slot once, however often the ticket is released', () => {
    const slots = createRunSlots(1, { now: () => start });
    const request = { priority: 'normal', due: start } as const;
    const [one, two, three] = [slots.request(request), slots.request(request), slots.request(request)];
    one.release();
    one.release();
    expect([two, three].map((ticket) => ticket.isGranted())).toEqual([true, false]);
    three.release();
    two.release();
    expect(slots.usage()).toEqual({ max: 1, running: 0, queued: 0 });
  });

  it('counts runs of an earlier collector above the maximum, and grants none until they have ended', () => {
    const slots = createRunSlots(1, { now: () => start });
    const orphans = [slots.occupy(), slots.occupy()];
    const next = slots.request({ priority: 'high', due: start });
    orphans[0]?.release();
    expect(next.isGranted()).toBe(false);
    orphans[1]?.release();
    expect(next.isGranted()).toBe(true);
  });
});

describe('startCollector with max_concurrent_runs', () => {
  it('runs 200 pipelines that are due together two at a time, by priority, and loses none', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const { measured, startWorker } = createMeasuredRuns(clock, 3 * second);
    const pipelines = Array.from({ length: 200 }, (_, index) =>
      nightly(`p${String(index)}`, index === 150 ? 'high' : index === 2 ? 'low' : 'normal'),
    );
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker,
      watcher: createFakeWatcher(pipelines),
      maxConcurrentRuns: 2,
    });
    await clock.advanceTo(at('2026-11-20T18:30:01Z'));
    expect(fake.collector.getState().slots).toEqual({ max: 2, running: 2, queued: 198 });
    await clock.advanceTo(at('2026-11-20T18:40:00Z'));
    const started = fake.events.filter((event) => event.type === 'cycle-started').map(({ pipeline }) => pipeline);
    expect(measured.most).toBe(2);
    expect(started.slice(0, 4)).toEqual(['p0', 'p1', 'p150', 'p3']);
    expect(started.indexOf('p2')).toBeGreaterThan(100);
    expect(new Set(started).size).toBe(200);
    expect(fake.events.filter((event) => event.type === 'cycle-ended' && event.outcome === 'ok')).toHaveLength(200);
    expect(fake.events.filter((event) => event.type === 'runs-missed')).toEqual([]);
    fake.stop();
    await fake.collector.done;
  });

  it('reports a missed run while the run before waited for a free slot', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: 150 * second, outcome: 'ok' })),
      watcher: createFakeWatcher([
        createScheduledPipeline('long', createSchedule(every(minute))),
        createScheduledPipeline('short', createSchedule(every(minute))),
      ]),
      maxConcurrentRuns: 1,
    });
    await clock.advanceTo(start + 4 * minute);
    const reasons = fake.events.flatMap((event) =>
      event.type === 'runs-missed' ? [`${event.pipeline} ${event.reason}`] : [],
    );
    expect(reasons.slice(0, 4)).toEqual(['long overlap', 'short no-free-slot', 'long overlap', 'short no-free-slot']);
    expect(fake.events.find((event) => event.type === 'cycle-started' && event.pipeline === 'short')).toMatchObject({
      at: start + minute + 150 * second,
      queuedSince: start + minute,
    });
    fake.stop();
    await fake.collector.done;
  });

  it('starts no queued run after a stop, and the next collector catches it up', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const store = createFakeStore();
    const options = {
      clock,
      store,
      startWorker: createFakeRuns(clock, () => ({ durationMs: 5 * minute, outcome: 'ok' as const })),
      maxConcurrentRuns: 1,
    };
    const pipelines = [nightly('a', 'normal'), nightly('b', 'normal')];
    const fake = await startFakeCollector({ ...options, watcher: createFakeWatcher(pipelines) });
    await clock.advanceTo(at('2026-11-20T18:31:00Z'));
    fake.stop();
    await fake.collector.done;
    expect(fake.events.filter(({ type }) => type === 'cycle-started')).toHaveLength(1);
    const next = await startFakeCollector({ ...options, watcher: createFakeWatcher(pipelines) });
    await clock.advanceTo(at('2026-11-20T18:50:00Z'));
    const caughtUp = next.events.flatMap((event) =>
      event.type === 'cycle-started' ? [`${event.pipeline} ${event.cycle.trigger}`] : [],
    );
    expect(caughtUp).toEqual(['a caught-up', 'b caught-up']);
    next.stop();
    await next.collector.done;
  });

  it('lets other pipelines run while a run that is queued waits for one that was started by hand', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const manualEnd = at('2026-11-20T18:45:00Z');
    const waiting = createScheduledPipeline('a', createSchedule(cron('30 18 * * *'), { overlap: 'queue' }));
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: minute, outcome: 'ok' })),
      watcher: createFakeWatcher([waiting, nightly('b', 'normal')]),
      findExternalRun: (name) =>
        Promise.resolve(name === 'a' && clock.now() < manualEnd ? { since: start - minute } : null),
      maxConcurrentRuns: 1,
    });
    await clock.advanceTo(at('2026-11-20T18:50:00Z'));
    const started = fake.events.flatMap((event) =>
      event.type === 'cycle-started' ? [[event.pipeline, event.at]] : [],
    );
    expect(started).toEqual([
      ['b', at('2026-11-20T18:30:00Z')],
      ['a', manualEnd],
    ]);
    fake.stop();
    await fake.collector.done;
  });

  it('ends at once when it is stopped while a queued run waits for one that was started by hand', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: minute, outcome: 'ok' })),
      watcher: createFakeWatcher([
        createScheduledPipeline('a', createSchedule(cron('30 18 * * *'), { overlap: 'queue' })),
      ]),
      findExternalRun: () => Promise.resolve({ since: start - minute }),
    });
    await clock.advanceTo(at('2026-11-20T18:40:00Z'));
    expect(fake.collector.getState().runners[0]?.queued).toMatchObject({ waitsFor: 'other-run' });
    fake.stop();
    await fake.collector.done;
    expect(fake.events.some(({ type }) => type === 'cycle-started')).toBe(false);
  });

  it('skips a queued run whose market has closed when a slot is free', async () => {
    const close = at('2026-11-20T21:00:00Z');
    const clock = createVirtualClock(close - 10 * minute, { auto: false });
    const schedule = createSchedule(every(5 * minute, 'XNYS'));
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: 20 * minute, outcome: 'ok' })),
      watcher: createFakeWatcher([createScheduledPipeline('a', schedule), createScheduledPipeline('b', schedule)]),
      maxConcurrentRuns: 1,
    });
    await clock.advanceTo(close + 30 * minute);
    expect(fake.events.filter((event) => event.type === 'runs-missed').at(-1)).toMatchObject({
      pipeline: 'b',
      reason: 'market-closed',
    });
    fake.stop();
    await fake.collector.done;
  });
});
