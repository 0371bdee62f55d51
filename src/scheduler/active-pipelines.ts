import type { Instant } from '../core/time/time.js';
import { errorMessage } from '../platform/error-message.js';
import type { FileChange } from './pipeline-watcher.js';
import { startPipelineRunner } from './pipeline-runner.js';
import type { PipelineRunner, PipelineRunnerDeps, PipelineState, ScheduledPipeline } from './pipeline-runner.js';
import { findClosedMarket } from './schedule/closed-market.js';
import { createServedFiles } from './served-files.js';

/** A file whose current content is invalid. */
export interface InvalidFile {
  readonly file: string;
  readonly message: string;
  readonly since: Instant;
  /** The pipeline whose last valid version the file keeps active; null if there is none. */
  readonly activePipeline: string | null;
}

export interface ActivePipelinesDeps extends PipelineRunnerDeps {
  /** Saves the definition that further runs of the pipeline use; rejects if it cannot. */
  readonly saveDefinition: (pipeline: ScheduledPipeline) => Promise<void>;
  /** Called when every pipeline has ended, or one has failed because of a bug. */
  readonly onFinished: () => void;
}

/** The pipelines of a collector, which follow the files that define them. */
export interface ActivePipelines {
  /** Applies changes together: a file may take the name that another one had. */
  apply(changes: readonly FileChange[]): Promise<void>;
  getStates(): readonly PipelineState[];
  /** The zone of a pipeline's schedule; null for an interval without market hours and for an unknown pipeline. */
  getTimeZone(name: string): string | null;
  getInvalidFiles(): readonly InvalidFile[];
  /** Starts no further run and asks runs in progress to end. */
  stop(reason: string): void;
  /** Kills runs in progress, those of removed pipelines included. */
  kill(reason: string): void;
  /** Resolves when no run is in progress and none will be started; rejects if a pipeline failed because of a bug. */
  whenEnded(): Promise<void>;
}

export function createActivePipelines(deps: ActivePipelinesDeps): ActivePipelines {
  const { clock, emit } = deps;
  const files = createServedFiles();
  /** By name. */
  const runners = new Map<string, PipelineRunner>();
  /** By name; set before a runner starts, because it emits events at once. */
  const timeZones = new Map<string, string | null>();
  const invalidFiles = new Map<string, InvalidFile>();
  /** Runners that have not ended, those of removed pipelines included. */
  const activeRunners = new Map<PipelineRunner, Promise<void>>();
  const failures: unknown[] = [];

  const finishIfIdle = (): void => {
    if (runners.size > 0 && [...runners.values()].every((runner) => !activeRunners.has(runner))) deps.onFinished();
  };

  const startRunner = async (pipeline: ScheduledPipeline): Promise<PipelineRunner> => {
    const runner = await startPipelineRunner(pipeline, deps);
    const done = runner.done
      .catch((error: unknown) => {
        // A bug: a collector that ends and is restarted is better than one that silently lacks a pipeline.
        failures.push(error);
        deps.onFinished();
      })
      .finally(() => {
        activeRunners.delete(runner);
        finishIfIdle();
      });
    activeRunners.set(runner, done);
    return runner;
  };

  const isEnding = (name: string): boolean =>
    [...activeRunners.keys()].some(
      (runner) => runner.getState().pipeline.name === name && runners.get(name) !== runner,
    );

  const remove = (runner: PipelineRunner): void => {
    const { name, file } = runner.getState().pipeline;
    runners.delete(name);
    const reason = files.removalReason(file);
    emit({ type: 'pipeline-removed', pipeline: name, file, reason });
    runner.stop(reason);
    timeZones.delete(name);
  };

  /** Activates a version of a pipeline; returns an error message, or null. */
  const activate = async (pipeline: ScheduledPipeline): Promise<string | null> => {
    const { name, file } = pipeline;
    const existing = runners.get(name);
    if (existing?.getState().pipeline === pipeline) return null;
    // Two runs of one name lock each other out: a later poll starts this one, when the other has ended.
    if (isEnding(name)) return null;
    try {
      await deps.saveDefinition(pipeline);
    } catch (error) {
      return `cannot save the definition: ${errorMessage(error)}`;
    }
    timeZones.set(name, pipeline.timeZone);
    const runner = existing !== undefined && activeRunners.has(existing) ? existing : await startRunner(pipeline);
    if (runner === existing) runner.update(pipeline);
    runners.set(name, runner);
    const type = existing === undefined ? 'pipeline-loaded' : 'pipeline-reloaded';
    const market = findClosedMarket(pipeline.schedule, deps.calendar, clock.now());
    const closed = market === null ? {} : { closedMarket: { market, providers: pipeline.providers } };
    emit({ type, pipeline: name, file, next: runner.getState().next, ...closed });
    return null;
  };

  const reject = (file: string, message: string): void => {
    if (invalidFiles.get(file)?.message === message) return;
    const active = [...runners.values()]
      .map((runner) => runner.getState().pipeline)
      .find((pipeline) => pipeline.file === file);
    const activePipeline = active?.name ?? null;
    invalidFiles.set(file, { file, message, since: clock.now(), activePipeline });
    emit({ type: 'pipeline-rejected', file, message, activePipeline });
  };

  const clearRejections = (errors: ReadonlyMap<string, string>): void => {
    for (const file of [...invalidFiles.keys()].filter((each) => !errors.has(each))) {
      invalidFiles.delete(file);
      if (!files.has(file)) emit({ type: 'rejection-cleared', file });
    }
  };

  const apply = async (changes: readonly FileChange[]): Promise<void> => {
    for (const change of changes) files.apply(change);
    const running = [...runners.values()].map((runner) => runner.getState().pipeline);
    const { served, invalidFiles: invalid } = files.resolve(running);
    const names = new Set([...served.values()].map(({ name }) => name));
    const removed = [...runners].filter(([name]) => !names.has(name)).map(([, runner]) => runner);
    for (const runner of removed) remove(runner);
    const errors = new Map(invalid);
    for (const [file, pipeline] of served) {
      const message = await activate(pipeline);
      if (message !== null) errors.set(file, message);
    }
    for (const [file, message] of errors) reject(file, message);
    clearRejections(errors);
    for (const { file, ...change } of changes) {
      if (change.kind !== 'read' || change.read.kind !== 'unscheduled') continue;
      if (running.some((pipeline) => pipeline.file === file)) continue;
      emit({ type: 'pipeline-unscheduled', pipeline: change.read.name, file });
    }
    finishIfIdle();
  };

  return {
    apply,
    getStates: () => [...runners.values()].map((runner) => runner.getState()),
    getTimeZone: (name) => timeZones.get(name) ?? null,
    getInvalidFiles: () => [...invalidFiles.values()],
    stop(reason) {
      for (const runner of runners.values()) runner.stop(reason);
    },
    kill(reason) {
      for (const runner of activeRunners.keys()) runner.kill(reason);
    },
    async whenEnded() {
      await Promise.all(activeRunners.values());
      if (failures.length > 0) throw failures[0];
    },
  };
}
