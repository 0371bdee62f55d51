import type { Duration, Instant } from '../core/time.js';
import type { Catalogue, FileChange } from './catalogue.js';
import { openLane } from './lane.js';
import type { Lane, LaneParts, LaneView, ServedPipeline } from './lane.js';
import type { ServeEvent, ServeEventBody } from './serve-event.js';

/** What a collector is made of. */
export interface CollectorParts extends Omit<LaneParts, 'emit'> {
  readonly catalogue: Catalogue;
  readonly emit: (event: ServeEvent) => void;
  /** When it aborts nothing more is started and what is under way is asked to end … */
  readonly stopping: AbortSignal;
  /** … and when this one aborts it is ended at once. */
  readonly stopped: AbortSignal;
  /** Keeps the definition that runs of the pipeline are made of from now on; rejects when it cannot. */
  readonly accept: (pipeline: ServedPipeline) => Promise<void>;
  /** How often files are looked at. */
  readonly lookEvery: Duration;
  /** How long runs may take to end once they were asked to. */
  readonly grace: Duration;
}

/** A file whose pipeline cannot be used as it is now. */
export interface RefusedFile {
  readonly file: string;
  readonly words: string;
  readonly since: Instant;
  /** The name of the pipeline that goes on as it was before; null where there was none. */
  readonly keeps: string | null;
}

/** What a collector is doing, for those who ask. */
export interface CollectorView {
  readonly startedAt: Instant;
  /** When it last looked after its pipelines; long ago means that it is stuck. */
  readonly seenAt: Instant;
  readonly stopping: boolean;
  readonly lanes: readonly LaneView[];
  readonly refused: readonly RefusedFile[];
}

/** Runs pipelines when they are due. */
export interface Collector {
  view(): CollectorView;
  /** Resolves when no pipeline is due any more, or when it was stopped and all that was under way has ended. */
  readonly done: Promise<void>;
}

/** Starts a collector over all pipelines of a catalogue. */
export async function openCollector(parts: CollectorParts): Promise<Collector> {
  const { clock, catalogue, stopping, stopped } = parts;
  const startedAt = clock.now();
  let seenAt = startedAt;
  /** By file. */
  const lanes = new Map<string, Lane>();
  const refused = new Map<string, RefusedFile>();
  const ended: Promise<void>[] = [];
  const finished = new Set<Lane>();
  const over = new AbortController();
  const failures: unknown[] = [];
  const emit = (event: ServeEventBody): void => {
    parts.emit({ at: clock.now(), ...event });
  };

  const refuse = (file: string, words: string): void => {
    const keeps = lanes.get(file)?.view().pipeline.name ?? null;
    if (refused.get(file)?.words === words) return;
    refused.set(file, { file, words, since: clock.now(), keeps });
    emit({ type: 'pipeline-refused', file, words, keeps });
  };

  const drop = (file: string, why: string): void => {
    const lane = lanes.get(file);
    if (lane === undefined) return;
    lanes.delete(file);
    emit({ type: 'pipeline-dropped', pipeline: lane.view().pipeline.name, file, why });
    lane.stop();
  };

  const noteEnd = (): void => {
    if (lanes.size > 0 && [...lanes.values()].every((lane) => finished.has(lane))) over.abort();
  };

  const take = async (file: string, pipeline: ServedPipeline): Promise<void> => {
    const other = [...lanes].find(([path, lane]) => path !== file && lane.view().pipeline.name === pipeline.name);
    if (other !== undefined) {
      refuse(file, `the name ${pipeline.name} is that of ${other[0]} already; two runs of one name exclude each other`);
      return;
    }
    const unkept = await parts.accept(pipeline).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (unkept !== null) {
      refuse(file, `what is to be run cannot be kept: ${unkept}`);
      return;
    }
    refused.delete(file);
    let lane = lanes.get(file);
    const changed = lane !== undefined;
    if (lane !== undefined && (lane.view().pipeline.name !== pipeline.name || finished.has(lane))) {
      lane.stop();
      lane = undefined;
    }
    if (lane === undefined) {
      const opened = await openLane(pipeline, { ...parts, emit });
      lanes.set(file, opened);
      ended.push(
        opened.done
          .catch((error: unknown) => {
            // A bug: better to end, and to be started anew, than to go on without one pipeline.
            failures.push(error);
            over.abort();
          })
          .finally(() => {
            finished.add(opened);
            noteEnd();
          }),
      );
      lane = opened;
    } else lane.replace(pipeline);
    emit({ type: 'pipeline-taken', pipeline: pipeline.name, file, changed, next: lane.view().next });
  };

  const adopt = async (change: FileChange): Promise<void> => {
    const { file } = change;
    if (change.kind === 'gone') {
      refused.delete(file);
      drop(file, 'the file is gone');
    } else if (change.read.kind === 'wrong') refuse(file, change.read.words);
    else if (change.read.kind === 'scheduled') await take(file, change.read.pipeline);
    else {
      refused.delete(file);
      if (lanes.has(file)) drop(file, 'it has no schedule any more');
      else emit({ type: 'pipeline-unscheduled', pipeline: change.read.name, file });
    }
  };

  for (const change of await catalogue.open()) await adopt(change);

  const watch = async (): Promise<void> => {
    const signal = AbortSignal.any([stopping, over.signal]);
    const isOver = (): boolean => signal.aborted;
    noteEnd();
    while (!isOver()) {
      await clock.sleepUntil(clock.now() + parts.lookEvery, signal).catch((error: unknown) => {
        if (!isOver()) throw error;
      });
      seenAt = clock.now();
      if (!isOver()) for (const change of await catalogue.look()) await adopt(change);
    }
  };

  const end = async (): Promise<void> => {
    const isRunning = (lane: Lane): boolean => lane.view().running !== null;
    const running = [...lanes.values()].filter(isRunning).map((lane) => lane.view().pipeline.name);
    if (stopping.aborted) emit({ type: 'stopping', running });
    for (const lane of lanes.values()) lane.stop();
    const kill = (): void => {
      for (const lane of lanes.values()) lane.kill();
    };
    if (stopped.aborted) kill();
    stopped.addEventListener('abort', kill, { once: true });
    const allEnded = new AbortController();
    clock.sleepUntil(clock.now() + parts.grace, allEnded.signal).then(kill, () => undefined);
    await Promise.all(ended);
    allEnded.abort();
  };

  const run = async (): Promise<void> => {
    try {
      await watch();
    } finally {
      await end();
    }
    if (failures.length > 0) throw failures[0];
  };

  return {
    done: run(),
    view: () => ({
      startedAt,
      seenAt,
      stopping: stopping.aborted,
      lanes: [...lanes.values()].map((lane) => lane.view()),
      refused: [...refused.values()],
    }),
  };
}
