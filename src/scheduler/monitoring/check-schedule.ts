import type { Clock } from '../../core/time/clock.js';
import { minute } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { CheckSettings } from '../../config/pipeline/pipeline.js';
import { createDueTimes } from '../schedule/due-times.js';
import { createSleeper } from '../sleeper.js';

/** A pipeline whose lake is checked on a schedule. */
export interface CheckedPipeline {
  readonly name: string;
  readonly checks: CheckSettings;
}

export interface CheckScheduleDeps {
  readonly clock: Clock;
  /** The active pipelines with a schedule of checks. */
  readonly getPipelines: () => readonly CheckedPipeline[];
  /** Checks the lake for one pipeline; reports its errors itself. */
  readonly check: (pipeline: string) => Promise<void>;
  readonly stopping: AbortSignal;
}

/** How often edited pipelines are noticed. */
const pollInterval = minute;

/**
 * Checks the lake on the schedules of pipelines, one check at a time: they read the same files. Due times that pass during a check of
 * the same pipeline, or while the collector is down, are not made up.
 */
export async function runCheckSchedule({ clock, getPipelines, check, stopping }: CheckScheduleDeps): Promise<void> {
  const sleeper = createSleeper(clock);
  /** The due time of the next check of each pipeline, with the schedule that gave it. */
  const next = new Map<string, { readonly schedule: string; readonly due: Instant | null }>();
  const stop = (): void => sleeper.wake();
  const isStopped = (): boolean => stopping.aborted;
  stopping.addEventListener('abort', stop, { once: true });
  while (!isStopped()) {
    const pipelines = getPipelines();
    for (const pipeline of pipelines) {
      const { name } = pipeline;
      const schedule = JSON.stringify(pipeline.checks);
      if (next.get(name)?.schedule !== schedule) next.set(name, { schedule, due: findNext(pipeline, clock.now()) });
      const due = next.get(name)?.due ?? null;
      if (due === null || due > clock.now() || isStopped()) continue;
      await check(name);
      next.set(name, { schedule, due: findNext(pipeline, clock.now()) });
    }
    const names = new Set(pipelines.map(({ name }) => name));
    for (const name of next.keys()) if (!names.has(name)) next.delete(name);
    const dues = [...next.values()].flatMap(({ due }) => (due === null ? [] : [due]));
    if (!isStopped()) await sleeper.sleep(Math.min(clock.now() + pollInterval, ...dues));
  }
  stopping.removeEventListener('abort', stop);
}

function findNext({ name, checks: { cron, timeZone } }: CheckedPipeline, now: Instant): Instant | null {
  const times = { kind: 'cron', cron, timeZone } as const;
  const schedule = { times, maxCycles: null, catchUp: 'none', overlap: 'skip', priority: 'normal', jitter: 0 } as const;
  const calendar = (): never => {
    throw new Error('a cron schedule follows no calendar');
  };
  return createDueTimes({ schedule, name, calendar }).next(now);
}
