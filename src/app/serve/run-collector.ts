import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';

import { second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { readLocks } from '../../lake/locks/lock.js';
import type { LockHolder } from '../../lake/locks/lock-file.js';
import { nodeFiles } from '../../platform/file-store.js';
import { joinList } from '../../platform/format.js';
import type { InvalidFile } from '../../scheduler/active-pipelines.js';
import { createPipelineWatcher } from '../../scheduler/pipeline-watcher.js';
import { startCollector } from '../../scheduler/collector.js';
import type { Collector } from '../../scheduler/collector.js';
import { createCycleStore } from '../../scheduler/schedule/cycle-store.js';
import { createActivity } from '../../scheduler/monitoring/activity.js';
import type { CollectorActivity } from '../../scheduler/monitoring/activity.js';
import type { AlertEvaluation } from '../../scheduler/monitoring/alert-evaluation.js';
import type { ListeningServer } from '../../platform/http/listen.js';
import { createMetrics } from '../../scheduler/monitoring/metrics.js';
import type { Metrics } from '../../scheduler/monitoring/metrics.js';
import type { OpenCircuit } from '../../scheduler/open-circuits.js';
import type { ExternalRun, PipelineState, ScheduledPipeline } from '../../scheduler/pipeline-runner.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import { definitionPath, writeDefinition } from '../pipeline/definition-snapshot.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { createEndpoints } from './http-endpoints.js';
import { migrateSchedulerState } from './migrate-state.js';
import { createStatusFile, statusFilePath } from './status-file.js';
import { createCollectorLog } from './collector-log.js';
import type { CollectorLog } from './collector-log.js';
import { exitCode } from '../exit-code.js';
import type { ExitCode } from '../exit-code.js';
import { createTableStatsReader } from './table-stats.js';
import type { TableStatsReader } from './table-stats.js';
import { readOpenBreakers, readOpenBreakersOf } from '../providers/open-breakers.js';
import { runCheckSchedule } from '../../scheduler/monitoring/check-schedule.js';
import { checkInProcess } from './check-process.js';
import { createProcessWorkers } from './worker-process.js';
import { startServeAlertEvaluation } from './alert-evaluation.js';
import { createServeSignals } from '../signals.js';
import { createPipelineLoader } from './pipeline-loader.js';
import type { PipelineLoader } from './pipeline-loader.js';
import { CliError } from '../cli-error.js';
import { createWeb } from '../web/create-web.js';
import type { AppContext } from '../context.js';

export interface CollectorOptions {
  readonly host: string;
  /** More host names of HTTP requests that are answered. */
  readonly allowedHosts: readonly string[];
  /** Null without an HTTP server. */
  readonly port: number | null;
  readonly grace: Duration;
  readonly maxConcurrentRuns: number;
  /** True if problems of pipeline files are shown in colour. */
  readonly color: boolean;
  /** True if the collector and its runs log everything. */
  readonly debug: boolean;
  /** True if the page triggers nothing. */
  readonly isReadOnly: boolean;
}

/** The output of a collector. */
export interface CollectorDisplay {
  onEvent(event: ServeEvent): void;
  /** Called when the HTTP server accepts connections. `token` is the secret that actions of the page need. */
  onListening(address: string, token: string): void;
  warn(message: string): void;
}

/** Runs a collector until no further run is due or a signal arrives; returns the exit code of the process. */
export async function runCollector(
  paths: readonly string[],
  options: CollectorOptions,
  display: CollectorDisplay,
  ctx: AppContext,
): Promise<ExitCode> {
  const { clock, dataFolder } = ctx;
  await migrateSchedulerState(dataFolder);
  const services = await createServices(paths, options, display, ctx);
  const { activity, metrics, loader, tableStats, logs } = services;
  const unscheduled: string[] = [];
  let collector: Collector | null = null;
  let alertEvaluation: AlertEvaluation | null = null;
  let checks: Promise<void> = Promise.resolve();
  let server: ListeningServer | null = null;
  const { port } = options;
  const web = port === null ? null : await createWeb({ ...options, paths, port }, ctx);

  const getRunners = (): readonly PipelineState[] => collector?.getState().runners ?? [];
  const endpoints = createEndpoints(
    {
      getState: () => collector?.getState() ?? null,
      activity,
      maxConcurrentRuns: options.maxConcurrentRuns,
      metrics,
      tableStats,
      web,
      getPipelines: () => getRunners().flatMap(({ pipeline }) => loader.getPipeline(pipeline) ?? []),
    },
    ctx,
  );
  const statusFile = createStatusFile(statusFilePath(dataFolder), () => endpoints.getStatus());

  const emit = (event: ServeEvent): void => {
    if (event.type === 'pipeline-unscheduled') unscheduled.push(event.file);
    // A collector without pipelines ends with an error instead.
    if (event.type === 'shutting-down' && alertEvaluation === null) return;
    for (const consumer of [activity, metrics, logs]) consumer.handle(event);
    alertEvaluation?.handle(event);
    display.onEvent(event);
    if (event.type === 'cycle-ended') tableStats.refresh();
    if (alertEvaluation !== null && (event.type !== 'run-event' || event.event.type === 'breaker-changed'))
      statusFile.refresh();
  };

  const signals = createServeSignals();
  const ended = new AbortController();
  try {
    // First, so that a collector whose port is in use starts no run.
    if (port !== null) server = await endpoints.listen(options.host, port, options.allowedHosts);
    collector = await startCollector({
      clock,
      calendar: getCalendarOrExit,
      store: createCycleStore(dataFolder, nodeFiles),
      startWorker: createProcessWorkers(ctx, options.debug),
      findExternalRun: (pipeline) => findExternalRun(dataFolder, pipeline),
      findOpenCircuits: (pipeline) => findOpenCircuits(dataFolder, pipeline, clock.now()),
      saveDefinition: (pipeline) => saveDefinition(pipeline, services, dataFolder),
      watcher: createPipelineWatcher(loader),
      pollInterval: second,
      grace: options.grace,
      maxConcurrentRuns: options.maxConcurrentRuns,
      stopping: signals.stopping,
      stopped: signals.stopped,
      emit,
    });
    if (getRunners().length === 0)
      throw createNothingToServeError(paths, collector.getState().invalidFiles, unscheduled);
    if (server !== null && web !== null) display.onListening(server.address, web.token);
    alertEvaluation = startServeAlertEvaluation({ getRunners, loader, emit, stopping: ended.signal }, ctx);
    checks = runCheckSchedule({
      clock,
      getPipelines: () =>
        getRunners().flatMap(({ pipeline }) => {
          const settings = loader.getPipeline(pipeline)?.checks ?? null;
          return settings === null ? [] : [{ name: pipeline.name, checks: settings }];
        }),
      check: async (pipeline) => {
        const summary = await checkInProcess(pipeline, ended.signal, ctx);
        if (!ended.signal.aborted) emit({ at: clock.now(), type: 'check-ended', pipeline, ...summary });
      },
      stopping: ended.signal,
    });
    tableStats.refresh();
    statusFile.refresh();
    signals.stopping.addEventListener('abort', () => ended.abort(), { once: true });
    await collector.done;
    return signals.received() ?? exitCode.done;
  } catch (error) {
    signals.abort();
    await collector?.done;
    throw error;
  } finally {
    ended.abort();
    await alertEvaluation?.done;
    await checks;
    signals.dispose();
    web?.close();
    await server?.close();
    await logs.flush();
    await statusFile.finish();
    await rm(statusFilePath(dataFolder), { force: true });
  }
}

/** The parts of a collector that exist before it starts. */
interface CollectorServices {
  readonly activity: CollectorActivity;
  readonly metrics: Metrics;
  readonly loader: PipelineLoader;
  readonly tableStats: TableStatsReader;
  readonly logs: CollectorLog;
}

async function createServices(
  paths: readonly string[],
  options: CollectorOptions,
  display: CollectorDisplay,
  ctx: AppContext,
): Promise<CollectorServices> {
  const activity = createActivity();
  for (const breaker of await readOpenBreakers(ctx.dataFolder, ctx.clock.now())) activity.restoreBreaker(breaker);
  const warn = (message: string): void => display.warn(message);
  return {
    activity,
    metrics: createMetrics(activity),
    loader: createPipelineLoader(paths, options, ctx),
    tableStats: createTableStatsReader(ctx, (message) => warn(`cannot read the table statistics: ${message}`)),
    logs: createCollectorLog(ctx, options.debug, warn),
  };
}

async function saveDefinition(
  pipeline: ScheduledPipeline,
  { loader, metrics, logs }: CollectorServices,
  dataFolder: string,
): Promise<void> {
  const texts = loader.getTexts(pipeline);
  await writeDefinition(definitionPath(dataFolder, pipeline.name), { file: pipeline.file, texts });
  metrics.setPipeline(pipeline);
  const loaded = loader.getPipeline(pipeline);
  if (loaded !== null) logs.setPipeline(loaded);
}

/** Finds the lock of a run on this machine. A process on another machine cannot be checked for being alive. */
async function findExternalRun(lake: string, pipeline: string): Promise<ExternalRun | null> {
  const locks = await readLocks(lake);
  const isOwn = ({ target, host }: LockHolder): boolean =>
    target.kind === 'pipeline' && target.pipeline === pipeline && host === hostname();
  return locks.find(isOwn) ?? null;
}

async function findOpenCircuits(lake: string, pipeline: string, now: Instant): Promise<readonly OpenCircuit[]> {
  return (await readOpenBreakersOf(pipeline, lake, now)).filter(({ symbol }) => symbol === null);
}

/** The number of files that the error of a collector without pipelines names. */
const maxNamed = 5;

/** The problems of invalid files have been printed before. */
function createNothingToServeError(
  paths: readonly string[],
  invalidFiles: readonly InvalidFile[],
  unscheduled: readonly string[],
): CliError {
  const reasons = [
    ...invalidFiles.map(({ file }) => `${file} is invalid`),
    ...unscheduled.map((file) => `${file} has no schedule`),
  ];
  if (reasons.length === 0)
    return new CliError(exitCode.usage, `no pipeline found in ${joinList(paths)}`, 'create one with: pipe init');
  const more = reasons.length > maxNamed ? [`${String(reasons.length - maxNamed)} more`] : [];
  return new CliError(
    exitCode.usage,
    `no pipeline to run: ${joinList([...reasons.slice(0, maxNamed), ...more])}`,
    unscheduled.length > 0
      ? 'add a schedule to one of them, such as `schedule: { every: 5m }`'
      : 'pipe lint explains each problem',
  );
}
