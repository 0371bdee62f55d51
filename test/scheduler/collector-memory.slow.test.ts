import { describe, expect, it } from 'vitest';

import { minute, second } from '../../src/core/time/time.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createFakeRuns, createFakeStore, createFakeWatcher, startFakeCollector } from './fakes.js';
import { at, createSchedule, createScheduledPipeline, every } from './schedules.js';

const start = at('2026-11-20T00:30:00Z');

/** The campaigns run Node with `--expose-gc`. */
function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('this test needs node --expose-gc: npm run test:slow');
  globalThis.gc();
}

describe('a collector', () => {
  it('uses no more memory after ten thousand cycles', async () => {
    const clock = createVirtualClock(start, { auto: false });
    const minutely = createScheduledPipeline('minutely', createSchedule(every(minute)));
    let ended = 0;
    const fake = await startFakeCollector({
      clock,
      store: createFakeStore(),
      startWorker: createFakeRuns(clock, () => ({ durationMs: second, outcome: 'ok' })),
      watcher: createFakeWatcher([minutely]),
      keepEvents: false,
      onEvent: (event) => {
        if (event.type === 'cycle-ended') ended++;
      },
    });
    const heap = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    await clock.advanceBy(2_000 * minute);
    const before = heap();
    await clock.advanceBy(10_000 * minute);
    expect(ended).toBeGreaterThanOrEqual(11_999);
    // 300 bytes a cycle; a leak of 1 kB per cycle would add 10 MB.
    expect(heap() - before).toBeLessThan(3_000_000);
    fake.stop();
    await fake.collector.done;
  });
});
