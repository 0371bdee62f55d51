import type { Duration, Instant } from '../core/time/time.js';
import { humanizeDuration } from '../platform/format.js';
import type { PipelineWatcher, FileChange } from './pipeline-watcher.js';
import { startPipelineRunner } from './pipeline-runner.js';
import type { PipelineRunner, PipelineRunnerDeps, PipelineState, ScheduledPipeline } from './pipeline-runner.js';
import { createServedFiles } from './served-files.js';
import type { ServeEvent, ServeEventBody } from './serve-event.js';

/** What a collector is made of. */
export interface CollectorDeps extends Omit<PipelineRunnerDeps, 'emit'> {
  readonly watcher: PipelineWatcher;
  readonly emit: (event: ServeEvent) => void;
  /** When it aborts nothing more is started and what is under way is asked to end … */
  readonly stopping: AbortSignal;
  /** … and when this one aborts it is ended at once. */
  readonly stopped: AbortSignal;
  /** Keeps the definition that runs of the pipeline are made of from now on; rejects when it cannot. */
  readonly saveDefinition: (pipeline: ScheduledPipeline) => Promise<void>;
  /** How often files are looked at. */
  readonly pollInterval: Duration;
  /** How long runs may take to end once they were asked to. */
  readonly grace: Duration;
}

/** A file whose pipeline cannot be used as it is now. */
export interface InvalidFile {
  readonly file: string;
  readonly message: string;
  readonly since: Instant;
  /** The name of the pipeline that goes on as it was before; null where there was none. */
  readonly activePipeline: string | null;
}

/** What a collector is doing, for those who ask. */
export interface CollectorState {
  readonly startedAt: Instant;
  /** When it last looked after its pipelines; long ago means that it is stuck. */
  readonly lastPollAt: Instant;
  readonly stopping: boolean;
  readonly runners: readonly PipelineState[];
  readonly invalidFiles: readonly InvalidFile[];
}

/** Runs pipelines when they are due. */
export interface Collector {
  getState(): CollectorState;
  /** Resolves when no pipeline is due any more, or when it was stopped and all that was under way has ended. */
  readonly done: Promise<void>;
}

/** Starts a collector over all pipelines of a catalogue. */
export async function startCollector(deps: CollectorDeps): Promise<Collector> {
  const { clock, watcher, stopping, stopped } = deps;
  const startedAt = clock.now();
  let lastPollAt = startedAt;
  const files = createServedFiles();
  /** By name. */
  const runners = new Map<string, PipelineRunner>();
  const invalidFiles = new Map<string, InvalidFile>();
  /** Lanes that have not come to their end, those that were dropped among them. */
  const activeRunners = new Map<PipelineRunner, Promise<void>>();
  const finished = new AbortController();
  const failures: unknown[] = [];
  const emit = (event: ServeEventBody): void => {
    deps.emit({ at: clock.now(), ...event });
  };

  const finishWhenIdle = (): void => {
    if (runners.size > 0 && [...runners.values()].every((runner) => !activeRunners.has(runner))) finished.abort();
  };

  const startRunner = async (pipeline: ScheduledPipeline): Promise<PipelineRunner> => {
    const runner = await startPipelineRunner(pipeline, { ...deps, emit });
    const done = runner.done
      .catch((error: unknown) => {
        // A bug: better to end, and to be started anew, than to go on without one pipeline.
        failures.push(error);
        finished.abort();
      })
      .finally(() => {
        activeRunners.delete(runner);
        finishWhenIdle();
      });
    activeRunners.set(runner, done);
    return runner;
  };

  const isEnding = (name: string): boolean =>
    [...activeRunners.keys()].some(
      (runner) => runner.getState().pipeline.name === name && runners.get(name) !== runner,
    );

  const removePipeline = (runner: PipelineRunner): void => {
    const { name, file } = runner.getState().pipeline;
    runners.delete(name);
    const why = files.removalReason(file);
    emit({ type: 'pipeline-removed', pipeline: name, file, why });
    runner.stop(why);
  };

  /** Runs a pipeline as it is now, under its name; why that cannot be, or null. */
  const applyPipeline = async (pipeline: ScheduledPipeline): Promise<string | null> => {
    const { name, file } = pipeline;
    const existing = runners.get(name);
    if (existing?.getState().pipeline === pipeline) return null;
    // Two runs of one name exclude each other: the next look will find the other one gone.
    if (isEnding(name)) return null;
    try {
      await deps.saveDefinition(pipeline);
    } catch (error) {
      return `what is to be run cannot be kept: ${error instanceof Error ? error.message : String(error)}`;
    }
    const runner = existing !== undefined && activeRunners.has(existing) ? existing : await startRunner(pipeline);
    if (runner === existing) runner.update(pipeline);
    runners.set(name, runner);
    const changed = existing !== undefined;
    emit({ type: 'pipeline-loaded', pipeline: name, file, changed, next: runner.getState().next });
    return null;
  };

  const rejectFile = (file: string, message: string): void => {
    if (invalidFiles.get(file)?.message === message) return;
    const activePipeline = [...runners.values()]
      .map((runner) => runner.getState().pipeline)
      .find((pipeline) => pipeline.file === file);
    invalidFiles.set(file, { file, message, since: clock.now(), activePipeline: activePipeline?.name ?? null });
    emit({ type: 'pipeline-rejected', file, message, activePipeline: activePipeline?.name ?? null });
  };

  /** Makes what is run what the files say, all of them together: a file may have the name that another one had. */
  const applyChanges = async (changes: readonly FileChange[]): Promise<void> => {
    for (const change of changes) files.apply(change);
    const running = [...runners.values()].map((runner) => runner.getState().pipeline);
    const { served, invalidFiles: invalid } = files.resolve(running);
    const names = new Set([...served.values()].map(({ name }) => name));
    const removed = [...runners].filter(([name]) => !names.has(name)).map(([, runner]) => runner);
    for (const runner of removed) removePipeline(runner);
    const problems = new Map(invalid);
    for (const [file, pipeline] of served) {
      const message = await applyPipeline(pipeline);
      if (message !== null) problems.set(file, message);
    }
    for (const [file, message] of problems) rejectFile(file, message);
    for (const file of [...invalidFiles.keys()].filter((each) => !problems.has(each))) {
      invalidFiles.delete(file);
      if (!files.has(file)) emit({ type: 'rejection-cleared', file });
    }
    for (const { file, ...change } of changes) {
      if (change.kind !== 'read' || change.read.kind !== 'unscheduled') continue;
      if (running.some((pipeline) => pipeline.file === file)) continue;
      emit({ type: 'pipeline-unscheduled', pipeline: change.read.name, file });
    }
  };

  await applyChanges(await watcher.readAll());

  const pollLoop = async (): Promise<void> => {
    const signal = AbortSignal.any([stopping, finished.signal]);
    const isFinished = (): boolean => signal.aborted;
    finishWhenIdle();
    while (!isFinished()) {
      await clock.sleepUntil(clock.now() + deps.pollInterval, signal).catch((error: unknown) => {
        if (!isFinished()) throw error;
      });
      lastPollAt = clock.now();
      if (!isFinished()) await applyChanges(await watcher.poll());
    }
  };

  const shutDown = async (): Promise<void> => {
    const isRunning = (runner: PipelineRunner): boolean => runner.getState().running !== null;
    const running = [...runners.values()].filter(isRunning).map((runner) => runner.getState().pipeline.name);
    if (stopping.aborted) emit({ type: 'stopping', running });
    for (const runner of runners.values()) runner.stop('the collector was stopped');
    const kill = (why: string): void => {
      for (const runner of activeRunners.keys()) runner.kill(why);
    };
    const killNow = (): void => kill('killed at the second signal');
    if (stopped.aborted) killNow();
    stopped.addEventListener('abort', killNow, { once: true });
    const allEnded = new AbortController();
    const graceReason = `killed after the grace of ${humanizeDuration(deps.grace)}`;
    clock.sleepUntil(clock.now() + deps.grace, allEnded.signal).then(
      () => kill(graceReason),
      () => undefined,
    );
    await Promise.all(activeRunners.values());
    allEnded.abort();
  };

  const run = async (): Promise<void> => {
    try {
      await pollLoop();
    } finally {
      await shutDown();
    }
    if (failures.length > 0) throw failures[0];
  };

  return {
    done: run(),
    getState: () => ({
      startedAt,
      lastPollAt,
      stopping: stopping.aborted,
      runners: [...runners.values()].map((runner) => runner.getState()),
      invalidFiles: [...invalidFiles.values()],
    }),
  };
}
