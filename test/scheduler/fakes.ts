import type { RunEvent } from '../../src/core/events.js';
import type { Clock } from '../../src/core/time/clock.js';
import { minute, second } from '../../src/core/time/time.js';
import type { Duration, Instant } from '../../src/core/time/time.js';
import type { PipelineWatcher, FileChange } from '../../src/scheduler/pipeline-watcher.js';
import { startCollector } from '../../src/scheduler/collector.js';
import type { Collector } from '../../src/scheduler/collector.js';
import type { CycleStore, SavedCycles } from '../../src/scheduler/schedule/cycle-store.js';
import type { PipelineRunnerDeps, ScheduledPipeline } from '../../src/scheduler/pipeline-runner.js';
import type { ServeEvent } from '../../src/scheduler/serve-event.js';
import type { CycleOutcome, RunRequest, StartWorker, WorkerEnd } from '../../src/scheduler/worker.js';
import { calendar } from './schedules.js';

/** Keeps state in memory, across collectors. */
export function createFakeStore(): CycleStore & { readonly saved: Map<string, SavedCycles> } {
  const saved = new Map<string, SavedCycles>();
  return {
    saved,
    read: (name) => Promise.resolve(saved.get(name) ?? null),
    write: (name, cycles) => {
      saved.set(name, cycles);
      return Promise.resolve();
    },
  };
}

/** Starts runs that last for `durationMs` and end with `outcome`; a stopped run is cancelled at once. */
export function createFakeRuns(
  clock: Clock,
  behaviour: (request: RunRequest, at: Instant) => { readonly durationMs: Duration; readonly outcome: CycleOutcome },
  eventsFor: (request: RunRequest) => readonly RunEvent[] = () => [],
): StartWorker {
  return (request, onEvent) => {
    const { durationMs, outcome } = behaviour(request, clock.now());
    const stop = new AbortController();
    for (const event of eventsFor(request)) onEvent(event);
    const ended = clock.sleepUntil(clock.now() + durationMs, stop.signal).then(
      (): WorkerEnd => ({ outcome, reason: outcome === 'ok' ? null : `the fake run ended as ${outcome}` }),
      (): WorkerEnd => ({ outcome: 'cancelled', reason: null }),
    );
    return { ended, stop: () => stop.abort(), kill: () => stop.abort() };
  };
}

/** Measures how many fake runs are in progress at once. */
export function createMeasuredRuns(clock: Clock, durationMs: Duration) {
  const measured = { now: 0, most: 0 };
  const startFake = createFakeRuns(clock, () => ({ durationMs, outcome: 'ok' }));
  return {
    measured,
    startWorker: (...args: Parameters<typeof startFake>) => {
      measured.most = Math.max(measured.most, ++measured.now);
      const worker = startFake(...args);
      void worker.ended.then(() => measured.now--);
      return worker;
    },
  };
}

/** A watcher whose changes the test provides. */
export function createFakeWatcher(pipelines: readonly ScheduledPipeline[]): PipelineWatcher & {
  change(change: FileChange): void;
} {
  const changes: FileChange[] = pipelines.map((pipeline) => ({
    kind: 'read',
    file: pipeline.file,
    read: { kind: 'scheduled', pipeline, sourceFiles: [] },
  }));
  const takeChanges = (): Promise<readonly FileChange[]> => Promise.resolve(changes.splice(0));
  return { readAll: takeChanges, poll: takeChanges, change: (change) => changes.push(change) };
}

export interface FakeCollector {
  readonly collector: Collector;
  readonly events: ServeEvent[];
  stop(): void;
  /** Simulates SIGKILL: from now on it emits no event and saves no state. */
  kill(): void;
}

/** Starts a collector over fake runs. */
export async function startFakeCollector(options: {
  readonly clock: Clock;
  readonly store: CycleStore;
  readonly startWorker: StartWorker;
  readonly watcher: PipelineWatcher;
  readonly maxConcurrentRuns?: number;
  readonly findExternalRun?: (pipeline: string) => Promise<{ readonly since: Instant } | null>;
  readonly findOpenCircuits?: PipelineRunnerDeps['findOpenCircuits'];
  readonly saveDefinition?: (pipeline: ScheduledPipeline) => Promise<void>;
  /** True if `events` collects the events; true if absent. */
  readonly keepEvents?: boolean;
  readonly onEvent?: (event: ServeEvent) => void;
}): Promise<FakeCollector> {
  const events: ServeEvent[] = [];
  const stopping = new AbortController();
  const stopped = new AbortController();
  let isDead = false;
  const collector = await startCollector({
    clock: options.clock,
    calendar,
    store: {
      read: (name) => options.store.read(name),
      write: (name, saved) => (isDead ? Promise.resolve() : options.store.write(name, saved)),
    },
    startWorker: options.startWorker,
    watcher: options.watcher,
    emit: (event) => {
      if (isDead) return;
      if (options.keepEvents !== false) events.push(event);
      options.onEvent?.(event);
    },
    stopping: stopping.signal,
    stopped: stopped.signal,
    findExternalRun: options.findExternalRun ?? (() => Promise.resolve(null)),
    findOpenCircuits: options.findOpenCircuits ?? (() => Promise.resolve([])),
    saveDefinition: options.saveDefinition ?? (() => Promise.resolve()),
    maxConcurrentRuns: options.maxConcurrentRuns ?? 100,
    pollInterval: minute,
    grace: 10 * second,
  });
  return {
    collector,
    events,
    stop: () => stopping.abort(),
    kill: () => {
      isDead = true;
      stopping.abort();
      stopped.abort();
    },
  };
}
