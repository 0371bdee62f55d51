import type { Duration, Instant } from '../core/time.js';
import { durationText } from '../core/words.js';
import type { Catalogue, FileChange } from './catalogue.js';
import { openLane } from './lane.js';
import type { Lane, LaneParts, LaneView, ServedPipeline } from './lane.js';
import { openFiles } from './roster.js';
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
  const files = openFiles();
  /** By name. */
  const lanes = new Map<string, Lane>();
  const refused = new Map<string, RefusedFile>();
  /** Lanes that have not come to their end, those that were dropped among them. */
  const open = new Map<Lane, Promise<void>>();
  const over = new AbortController();
  const failures: unknown[] = [];
  const emit = (event: ServeEventBody): void => {
    parts.emit({ at: clock.now(), ...event });
  };

  const noteEnd = (): void => {
    if (lanes.size > 0 && [...lanes.values()].every((lane) => !open.has(lane))) over.abort();
  };

  const openFor = async (pipeline: ServedPipeline): Promise<Lane> => {
    const lane = await openLane(pipeline, { ...parts, emit });
    const done = lane.done
      .catch((error: unknown) => {
        // A bug: better to end, and to be started anew, than to go on without one pipeline.
        failures.push(error);
        over.abort();
      })
      .finally(() => {
        open.delete(lane);
        noteEnd();
      });
    open.set(lane, done);
    return lane;
  };

  const isEnding = (name: string): boolean =>
    [...open.keys()].some((lane) => lane.view().pipeline.name === name && lanes.get(name) !== lane);

  const drop = (lane: Lane): void => {
    const { name, file } = lane.view().pipeline;
    lanes.delete(name);
    const why = files.whyNot(file);
    emit({ type: 'pipeline-dropped', pipeline: name, file, why });
    lane.stop(why);
  };

  /** Runs a pipeline as it is now, under its name; why that cannot be, or null. */
  const take = async (pipeline: ServedPipeline): Promise<string | null> => {
    const { name, file } = pipeline;
    const before = lanes.get(name);
    if (before?.view().pipeline === pipeline) return null;
    // Two runs of one name exclude each other: the next look will find the other one gone.
    if (isEnding(name)) return null;
    try {
      await parts.accept(pipeline);
    } catch (error) {
      return `what is to be run cannot be kept: ${error instanceof Error ? error.message : String(error)}`;
    }
    const lane = before !== undefined && open.has(before) ? before : await openFor(pipeline);
    if (lane === before) lane.replace(pipeline);
    lanes.set(name, lane);
    const changed = before !== undefined;
    emit({ type: 'pipeline-taken', pipeline: name, file, changed, next: lane.view().next });
    return null;
  };

  const refuse = (file: string, words: string): void => {
    if (refused.get(file)?.words === words) return;
    const keeps = [...lanes.values()].map((lane) => lane.view().pipeline).find((pipeline) => pipeline.file === file);
    refused.set(file, { file, words, since: clock.now(), keeps: keeps?.name ?? null });
    emit({ type: 'pipeline-refused', file, words, keeps: keeps?.name ?? null });
  };

  /** Makes what is run what the files say, all of them together: a file may have the name that another one had. */
  const adopt = async (changes: readonly FileChange[]): Promise<void> => {
    for (const change of changes) files.take(change);
    const running = [...lanes.values()].map((lane) => lane.view().pipeline);
    const { served, refused: unusable } = files.roster(running);
    const names = new Set([...served.values()].map(({ name }) => name));
    const dropped = [...lanes].filter(([name]) => !names.has(name)).map(([, lane]) => lane);
    for (const lane of dropped) drop(lane);
    const refusals = new Map(unusable);
    for (const [file, pipeline] of served) {
      const words = await take(pipeline);
      if (words !== null) refusals.set(file, words);
    }
    for (const [file, words] of refusals) refuse(file, words);
    for (const file of [...refused.keys()].filter((each) => !refusals.has(each))) {
      refused.delete(file);
      if (!files.has(file)) emit({ type: 'refusal-over', file });
    }
    for (const { file, ...change } of changes) {
      if (change.kind !== 'read' || change.read.kind !== 'unscheduled') continue;
      if (running.some((pipeline) => pipeline.file === file)) continue;
      emit({ type: 'pipeline-unscheduled', pipeline: change.read.name, file });
    }
  };

  await adopt(await catalogue.open());

  const watch = async (): Promise<void> => {
    const signal = AbortSignal.any([stopping, over.signal]);
    const isOver = (): boolean => signal.aborted;
    noteEnd();
    while (!isOver()) {
      await clock.sleepUntil(clock.now() + parts.lookEvery, signal).catch((error: unknown) => {
        if (!isOver()) throw error;
      });
      seenAt = clock.now();
      if (!isOver()) await adopt(await catalogue.look());
    }
  };

  const end = async (): Promise<void> => {
    const isRunning = (lane: Lane): boolean => lane.view().running !== null;
    const running = [...lanes.values()].filter(isRunning).map((lane) => lane.view().pipeline.name);
    if (stopping.aborted) emit({ type: 'stopping', running });
    for (const lane of lanes.values()) lane.stop('the collector was stopped');
    const kill = (why: string): void => {
      for (const lane of open.keys()) lane.kill(why);
    };
    const killNow = (): void => kill('killed at the second signal');
    if (stopped.aborted) killNow();
    stopped.addEventListener('abort', killNow, { once: true });
    const allEnded = new AbortController();
    const tooLong = `killed after the grace of ${durationText(parts.grace)}`;
    clock.sleepUntil(clock.now() + parts.grace, allEnded.signal).then(
      () => kill(tooLong),
      () => undefined,
    );
    await Promise.all(open.values());
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
