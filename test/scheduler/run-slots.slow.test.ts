import { describe, expect, it } from 'vitest';

import { minute, second } from '../../src/core/time/time.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createFakeStore, createFakeWatcher, createMeasuredRuns, startFakeCollector } from './fakes.js';
import { at, createSchedule, createScheduledPipeline, every } from './schedules.js';

const start = at('2026-11-20T18:29:00Z');

describe('startCollector with max_concurrent_runs', () => {
  it('accounts for every due time of 200 pipelines that are due every 2 s for ten minutes, and starves none', async () => {
    const counts = new Map<string, Record<string, number>>();
    const count = (pipeline: string, by: number, what: string): void => {
      const found = counts.get(pipeline) ?? {};
      counts.set(pipeline, { ...found, [what]: (found[what] ?? 0) + by });
    };
    const clock = createVirtualClock(start, { auto: false });
    const { measured, startWorker } = createMeasuredRuns(clock, second);
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker,
      watcher: createFakeWatcher(
        Array.from({ length: 200 }, (_, index) =>
          createScheduledPipeline(`p${String(index)}`, createSchedule(every(2 * second))),
        ),
      ),
      maxConcurrentRuns: 2,
      keepEvents: false,
      onEvent: (event) => {
        if (event.type === 'cycle-started') count(event.pipeline, 1, 'started');
        if (event.type === 'runs-missed') count(event.pipeline, event.count, event.reason);
      },
    });
    await clock.advanceTo(start + 10 * minute);
    const state = fake.collector.getState();
    for (const { pipeline, queued } of state.runners) {
      const { started = 0, ...missed } = counts.get(pipeline.name) ?? {};
      const accounted = Object.values(missed).reduce((sum, n) => sum + n, started) + (queued === null ? 0 : 1);
      expect(accounted).toBe(300);
      expect(started).toBeGreaterThanOrEqual(5);
    }
    expect(measured.most).toBe(2);
    fake.stop();
    await fake.collector.done;
  });
});
