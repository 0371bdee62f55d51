import { describe, expect, it } from 'vitest';

import { hour, minute } from '../../../src/core/time/time.js';
import { formatTime } from '../../../src/core/time/zoned-time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { startAlertEvaluation } from '../../../src/scheduler/monitoring/alert-evaluation.js';
import type { AlertEvaluation } from '../../../src/scheduler/monitoring/alert-evaluation.js';
import type { ServeEvent } from '../../../src/scheduler/serve-event.js';
import { noAlerts } from '../../../src/outputs/alerts/alert-state.js';
import type { Alerts } from '../../../src/outputs/alerts/alert-state.js';
import type { AlertStore } from '../../../src/outputs/alerts/alert-store.js';
import { evaluateSchedule } from '../../../src/outputs/alerts/evaluate-schedule.js';
import { loadValid } from '../../config/pipeline/load-files.js';
import { createVirtualClock } from '../../virtual-clock.js';
import type { VirtualClock } from '../../virtual-clock.js';
import { createFakeWatcher, startFakeCollector, createFakeRuns, createFakeStore } from '../fakes.js';
import { at, every, createSchedule, createScheduledPipeline, createTestDueTimes } from '../schedules.js';

const from = at('2024-11-04T10:00:00Z');

/** Keeps alerts in memory, and every state that was written. */
function createMemoryStore(): AlertStore & { readonly written: Alerts[] } {
  const written: Alerts[] = [];
  return {
    written,
    read: () => Promise.resolve(written.at(-1) ?? noAlerts),
    write: (_, alerts) => Promise.resolve(void written.push(alerts)),
    pipelines: () => Promise.resolve([]),
  };
}

/** Starts a collector with fake runs and the evaluation of its alerts. */
async function startEvaluated(
  clock: VirtualClock,
  getOutcome: (now: Instant) => 'ok' | 'locked',
  evaluate: (name: string, lastStart: Instant | null) => Promise<void>,
  schedule = createSchedule(every(5 * minute)),
  names: readonly string[] = ['tiny'],
) {
  const starts = new Map<string, Instant>();
  let evaluation: AlertEvaluation | null = null;
  const stopping = new AbortController();
  const running = await startFakeCollector({
    clock,
    store: createFakeStore(),
    startWorker: createFakeRuns(clock, ({ pipeline }, now) => {
      const outcome = getOutcome(now);
      if (outcome === 'ok') starts.set(pipeline, now);
      return { durationMs: outcome === 'ok' ? 20_000 : 1_000, outcome };
    }),
    watcher: createFakeWatcher(names.map((name) => createScheduledPipeline(name, schedule))),
    onEvent: (event: ServeEvent) => evaluation?.handle(event),
  });
  evaluation = startAlertEvaluation({
    clock,
    getRunners: () => running.collector.getState().runners,
    evaluate: ({ pipeline: { name } }) => evaluate(name, starts.get(name) ?? null),
    stopping: stopping.signal,
  });
  const startedEvaluation = evaluation;
  return {
    async stop() {
      stopping.abort();
      running.stop();
      await clock.advanceBy(minute);
      await Promise.all([running.collector.done, startedEvaluation.done]);
    },
  };
}

describe('startAlertEvaluation', () => {
  it('raises run_missed while runs cannot start and resolves it when they start again', async () => {
    const pipeline = await loadValid(
      'name: tiny\nsymbols: [AAPL]\nschedule: { every: 5m }\nalerts: { rules: [{ on: run_missed, max_age: 7m }] }\nsteps: { contracts: {} }\n',
    );
    const clock = createVirtualClock(from, { auto: false });
    const store = createMemoryStore();
    const evaluated = await startEvaluated(
      clock,
      (now) => (now >= from + hour && now < from + 2 * hour ? 'locked' : 'ok'),
      (name, lastStart) =>
        evaluateSchedule(pipeline, {
          clock,
          store,
          withLock: (_, work) => work(),
          schedule: createTestDueTimes(every(5 * minute), {}, name),
          lastStart,
          runningSince: () => Promise.resolve(null),
          chains: () => Promise.reject(new Error('no rule needs chains')),
          warn: (message) => expect.unreachable(message),
        }),
    );
    await clock.advanceTo(from + 3 * hour);
    await evaluated.stop();

    const [open, ...more] = [...(store.written[0]?.values() ?? [])];
    expect(more).toEqual([]);
    expect(open).toMatchObject({ subject: 'tiny', resolvedAt: null });
    // The first due time without a run was 11:00.
    expect(open?.startedAt).toBeGreaterThanOrEqual(from + hour + 7 * minute);
    expect(open?.startedAt).toBeLessThanOrEqual(from + hour + 8 * minute);
    expect(open?.message).toBe(`1 scheduled run missed, the first at ${formatTime(from + hour)}`);
    // No channel was notified, so a resolved alert is deleted.
    expect(store.written.at(-1)?.size).toBe(0);
    const [before] = [...(store.written.at(-2)?.values() ?? [])];
    expect(before?.message).toMatch(/^1[12] scheduled runs missed/);
  });

  it('evaluates a failing pipeline every five seconds, and no pipeline twice at the same time', async () => {
    const clock = createVirtualClock(from, { auto: false });
    const calls = new Map<string, Instant[]>();
    let inProgress = 0;
    const names = ['quick', 'slow'];
    const evaluated = await startEvaluated(
      clock,
      () => 'locked',
      async (name) => {
        calls.set(name, [...(calls.get(name) ?? []), clock.now()]);
        if (name !== 'slow') return;
        expect(++inProgress).toBe(1);
        await clock.sleepUntil(clock.now() + 30 * minute);
        inProgress--;
      },
      createSchedule(every(1_000)),
      names,
    );
    await clock.advanceTo(from + hour);
    // Runs fail every second; evaluations are at least five seconds apart.
    expect(calls.get('quick')?.length).toBeGreaterThan(11 * 60);
    expect(calls.get('quick')?.length).toBeLessThanOrEqual(12 * 60);
    // A slow evaluation delays its own pipeline only.
    expect(calls.get('slow')).toHaveLength(2);
    await clock.advanceBy(hour);
    await evaluated.stop();
  });

  it('evaluates a healthy pipeline every minute, first one minute after the start', async () => {
    const clock = createVirtualClock(from, { auto: false });
    const calls: Instant[] = [];
    const evaluated = await startEvaluated(
      clock,
      () => 'ok',
      () => Promise.resolve(void calls.push(clock.now())),
    );
    await clock.advanceBy(10 * minute + 1);
    expect(calls).toEqual(Array.from({ length: 10 }, (_, index) => from + (index + 1) * minute));
    await evaluated.stop();
  });
});
