import { describe, expect, test } from 'vitest';

import { hour, minute } from '../../../src/core/time/time.js';
import { runCheckSchedule } from '../../../src/scheduler/monitoring/check-schedule.js';
import type { CheckedPipeline } from '../../../src/scheduler/monitoring/check-schedule.js';
import { createVirtualClock } from '../../virtual-clock.js';

const start = Date.parse('2026-11-20T10:15:00Z');
const hourly: CheckedPipeline = { name: 'daily', checks: { cron: '0 * * * *', timeZone: 'UTC' } };

interface Started {
  readonly clock: ReturnType<typeof createVirtualClock>;
  /** The checks so far, each with the minutes since the start. */
  readonly checks: readonly string[];
  readonly stop: () => Promise<void>;
}

function startSchedule(getPipelines: () => readonly CheckedPipeline[], durationMs = 0): Started {
  const clock = createVirtualClock(start, { auto: false });
  const stopping = new AbortController();
  const checks: string[] = [];
  const done = runCheckSchedule({
    clock,
    getPipelines,
    check: async (name) => {
      checks.push(`${name} ${String((clock.now() - start) / minute)}`);
      if (durationMs > 0) await clock.sleepUntil(clock.now() + durationMs);
    },
    stopping: stopping.signal,
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done;
  };
  return { clock, checks, stop };
}

describe('the schedule of checks', () => {
  test('checks at the times of its cron, and not at the start', async () => {
    const { clock, checks, stop } = startSchedule(() => [hourly]);
    await clock.advanceBy(2 * hour);
    expect(checks).toEqual(['daily 45', 'daily 105']);
    await stop();
    await clock.advanceBy(2 * hour);
    expect(checks).toHaveLength(2);
  });

  test('skips the times that pass during a long check', async () => {
    const { clock, checks, stop } = startSchedule(() => [hourly], 2.5 * hour);
    await clock.advanceBy(6 * hour);
    // The check of 11:00 ends at 13:30: the next one is that of 14:00.
    expect(checks).toEqual(['daily 45', 'daily 225']);
    const stopped = stop();
    await clock.advanceBy(hour);
    await stopped;
  });

  test('follows an edited schedule, and forgets a removed pipeline', async () => {
    let pipelines: readonly CheckedPipeline[] = [hourly];
    const { clock, checks, stop } = startSchedule(() => pipelines);
    await clock.advanceBy(10 * minute);
    pipelines = [{ ...hourly, checks: { cron: '30 * * * *', timeZone: 'UTC' } }];
    await clock.advanceBy(40 * minute);
    expect(checks).toEqual(['daily 15']);
    pipelines = [];
    await clock.advanceBy(3 * hour);
    expect(checks).toEqual(['daily 15']);
    await stop();
  });
});
