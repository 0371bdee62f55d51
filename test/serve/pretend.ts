import type { RunEvent } from '../../src/core/events.js';
import type { Clock } from '../../src/core/clock.js';
import { minute, second } from '../../src/core/time.js';
import type { Duration, Instant } from '../../src/core/time.js';
import type { Catalogue, FileChange } from '../../src/serve/catalogue.js';
import { openCollector } from '../../src/serve/collector.js';
import type { Collector } from '../../src/serve/collector.js';
import type { CycleStore, KeptCycles } from '../../src/serve/cycle-store.js';
import type { ServedPipeline } from '../../src/serve/lane.js';
import type { ServeEvent } from '../../src/serve/serve-event.js';
import type { RunOrder, StartWorker, WorkerEnd } from '../../src/serve/worker.js';
import { calendar } from './schedules.js';

/** A memory that outlives collectors. */
export function pretendStore(): CycleStore & { readonly kept: Map<string, KeptCycles> } {
  const kept = new Map<string, KeptCycles>();
  return {
    kept,
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    write: (name, cycles) => {
      kept.set(name, cycles);
      return Promise.resolve();
    },
  };
}

/** Runs that take some time on a clock and end as told; a stopped one ends at once, as interrupted. */
export function pretendRuns(
  clock: Clock,
  how: (order: RunOrder, at: Instant) => { readonly took: Duration; readonly end: WorkerEnd['outcome'] },
  happens: (order: RunOrder) => readonly RunEvent[] = () => [],
): StartWorker {
  return (order, onEvent) => {
    const { took, end } = how(order, clock.now());
    const stop = new AbortController();
    for (const event of happens(order)) onEvent(event);
    const ended = clock.sleepUntil(clock.now() + took, stop.signal).then(
      (): WorkerEnd => ({ outcome: end, reason: end === 'ok' ? null : `it was to be ${end}` }),
      (): WorkerEnd => ({ outcome: 'interrupted', reason: null }),
    );
    return { ended, stop: () => stop.abort(), kill: () => stop.abort() };
  };
}

/** A catalogue whose changes are given by the test. */
export function pretendCatalogue(pipelines: readonly ServedPipeline[]): Catalogue & {
  change(change: FileChange): void;
} {
  const changes: FileChange[] = pipelines.map((pipeline) => ({
    kind: 'read',
    file: pipeline.file,
    read: { kind: 'scheduled', pipeline, reads: [] },
  }));
  const take = (): Promise<readonly FileChange[]> => Promise.resolve(changes.splice(0));
  return { open: take, look: take, change: (change) => changes.push(change) };
}

export interface PretendCollector {
  readonly collector: Collector;
  readonly events: ServeEvent[];
  stop(): void;
  /** Ends as a process does that is killed: nothing it does from now on is seen or remembered. */
  kill(): void;
}

/** A collector over pretended runs. */
export async function pretendCollector(parts: {
  readonly clock: Clock;
  readonly store: CycleStore;
  readonly start: StartWorker;
  readonly catalogue: Catalogue;
  readonly otherRun?: (pipeline: string) => Promise<{ readonly since: Instant } | null>;
  readonly accept?: (pipeline: ServedPipeline) => Promise<void>;
  /** Whether events are kept; they are unless said otherwise. */
  readonly keeps?: boolean;
  readonly onEvent?: (event: ServeEvent) => void;
}): Promise<PretendCollector> {
  const events: ServeEvent[] = [];
  const stopping = new AbortController();
  const stopped = new AbortController();
  let dead = false;
  const collector = await openCollector({
    clock: parts.clock,
    calendar,
    store: {
      read: (name) => parts.store.read(name),
      write: (name, kept) => (dead ? Promise.resolve() : parts.store.write(name, kept)),
    },
    start: parts.start,
    catalogue: parts.catalogue,
    emit: (event) => {
      if (dead) return;
      if (parts.keeps !== false) events.push(event);
      parts.onEvent?.(event);
    },
    stopping: stopping.signal,
    stopped: stopped.signal,
    otherRun: parts.otherRun ?? (() => Promise.resolve(null)),
    accept: parts.accept ?? (() => Promise.resolve()),
    lookEvery: minute,
    grace: 10 * second,
  });
  return {
    collector,
    events,
    stop: () => stopping.abort(),
    kill: () => {
      dead = true;
      stopping.abort();
      stopped.abort();
    },
  };
}
