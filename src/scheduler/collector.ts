import type { Duration, Instant } from '../core/time/time.js';
import { humanizeDuration } from '../platform/format.js';
import type { Shutdown } from '../platform/shutdown.js';
import { createActivePipelines } from './active-pipelines.js';
import type { ActivePipelines, InvalidFile } from './active-pipelines.js';
import type { PipelineWatcher } from './pipeline-watcher.js';
import type { PipelineRunnerDeps, PipelineState, ScheduledPipeline } from './pipeline-runner.js';
import { createRunSlots } from './run-slots.js';
import type { SlotUsage } from './run-slots.js';
import type { ServeEvent, ServeEventBody } from './serve-event.js';

/** `stopping` starts no further run and asks runs in progress to end; `stopped` kills them. */
export interface CollectorDeps extends Omit<PipelineRunnerDeps, 'emit' | 'slots'>, Shutdown {
  /** Upper bound of runs in progress at once; further runs wait in a queue. */
  readonly maxConcurrentRuns: number;
  readonly watcher: PipelineWatcher;
  readonly emit: (event: ServeEvent) => void;
  /** Saves the definition that further runs of the pipeline use; rejects if it cannot. */
  readonly saveDefinition: (pipeline: ScheduledPipeline) => Promise<void>;
  /** Time between two polls of the pipeline files. */
  readonly pollInterval: Duration;
  /** The time that runs in progress have to end during a shutdown. */
  readonly grace: Duration;
}

export interface CollectorState {
  readonly startedAt: Instant;
  /** The last poll of the pipeline files; an old one means that the collector hangs. */
  readonly lastPollAt: Instant;
  readonly stopping: boolean;
  readonly slots: SlotUsage;
  readonly runners: readonly PipelineState[];
  readonly invalidFiles: readonly InvalidFile[];
}

/** Runs pipelines on schedule. */
export interface Collector {
  getState(): CollectorState;
  /** Resolves when no further run is due, or when a shutdown has ended all runs. */
  readonly done: Promise<void>;
}

/** Starts a collector of all pipelines of a watcher. */
export async function startCollector(deps: CollectorDeps): Promise<Collector> {
  const { clock, watcher, stopping } = deps;
  const startedAt = clock.now();
  let lastPollAt = startedAt;
  const finished = new AbortController();
  const emit = (event: ServeEventBody): void => {
    const timeZone = 'pipeline' in event && event.type !== 'run-event' ? pipelines.getTimeZone(event.pipeline) : null;
    deps.emit({ at: clock.now(), ...(timeZone === null ? {} : { timeZone }), ...event });
  };
  const slots = createRunSlots(deps.maxConcurrentRuns, clock);
  const pipelines = createActivePipelines({ ...deps, slots, emit, onFinished: () => finished.abort() });
  await pipelines.apply(await watcher.readAll());

  const pollLoop = async (): Promise<void> => {
    const signal = AbortSignal.any([stopping, finished.signal]);
    const isFinished = (): boolean => signal.aborted;
    while (!isFinished()) {
      await clock.sleepUntil(clock.now() + deps.pollInterval, signal).catch((error: unknown) => {
        if (!isFinished()) throw error;
      });
      lastPollAt = clock.now();
      if (!isFinished()) await pipelines.apply(await watcher.poll());
    }
  };

  const run = async (): Promise<void> => {
    try {
      await pollLoop();
    } finally {
      await shutDown(pipelines, emit, deps);
    }
  };

  return {
    done: run(),
    getState: () => ({
      startedAt,
      lastPollAt,
      stopping: stopping.aborted,
      slots: slots.usage(),
      runners: pipelines.getStates(),
      invalidFiles: pipelines.getInvalidFiles(),
    }),
  };
}

/** Asks runs in progress to end, and kills them after the grace period or at the second signal. */
async function shutDown(
  pipelines: ActivePipelines,
  emit: (event: ServeEventBody) => void,
  { clock, grace, stopping, stopped }: CollectorDeps,
): Promise<void> {
  const running = pipelines.getStates().filter((state) => state.running !== null);
  if (stopping.aborted) emit({ type: 'shutting-down', running: running.map(({ pipeline }) => pipeline.name) });
  pipelines.stop('the collector was stopped');
  const killNow = (): void => pipelines.kill('killed at the second signal');
  if (stopped.aborted) killNow();
  stopped.addEventListener('abort', killNow, { once: true });
  const allEnded = new AbortController();
  const graceReason = `killed after the grace period of ${humanizeDuration(grace)}`;
  clock.sleepUntil(clock.now() + grace, allEnded.signal).then(
    () => pipelines.kill(graceReason),
    () => undefined,
  );
  try {
    await pipelines.whenEnded();
  } finally {
    allEnded.abort();
  }
}
