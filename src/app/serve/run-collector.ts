import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { readLocks } from '../../lake/locks/lock.js';
import { nodeFiles } from '../../platform/file-store.js';
import { createPipelineWatcher } from '../../scheduler/pipeline-watcher.js';
import { startCollector } from '../../scheduler/collector.js';
import type { Collector } from '../../scheduler/collector.js';
import { createCycleStore, schedulerFolder } from '../../scheduler/schedule/cycle-store.js';
import type { CollectorServer } from '../../scheduler/monitoring/http-server.js';
import type { AlertEvaluation } from '../../scheduler/monitoring/alert-evaluation.js';
import type { PipelineState, ExternalRun, ScheduledPipeline } from '../../scheduler/pipeline-runner.js';
import { createCounters } from '../../scheduler/monitoring/counters.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import { definitionPath, writeDefinition } from '../pipeline/definition-snapshot.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { createEndpoints } from './http-endpoints.js';
import { createStatusFile } from './status-file.js';
import { createCollectorLog } from './collector-log.js';
import { exitCode } from '../exit-code.js';
import type { ExitCode } from '../exit-code.js';
import { createTableStatsReader } from './table-stats.js';
import { readOpenBreakers } from '../providers/open-breakers.js';
import { createNothingToServeError } from './nothing-to-serve.js';
import { createProcessWorkers } from './worker-process.js';
import { startServeAlertEvaluation } from './alert-evaluation.js';
import { createServeSignals } from '../serve-signals.js';
import { createServeOutput } from '../../cli/output/serve-output.js';
import { createPipelineLoader } from './pipeline-loader.js';
import type { CliContext } from '../cli-context.js';

/** Where and how long, checked. */
export interface CollectorOptions {
  readonly host: string;
  /** Null when it answers nobody. */
  readonly port: number | null;
  readonly grace: Duration;
  readonly json: boolean;
}

/** Collects until there is nothing more to collect or a signal comes, and answers with what the process is to exit with. */
export async function runCollector(
  paths: readonly string[],
  options: CollectorOptions,
  ctx: CliContext,
): Promise<ExitCode> {
  const { clock } = ctx;
  const output = createServeOutput(options.json, ctx);
  const counters = createCounters();
  for (const breaker of await readOpenBreakers(ctx.dataFolder, clock.now())) counters.restoreBreaker(breaker);
  const loader = createPipelineLoader(paths, ctx);
  const warn = (message: string): void => ctx.info(ctx.stderrStyle('warn', message));
  const tableStats = createTableStatsReader(ctx, (message) => warn(`the lake could not be looked at: ${message}`));
  const logs = createCollectorLog(ctx, warn);
  const unscheduled: string[] = [];
  let collector: Collector | null = null;
  let alertEvaluation: AlertEvaluation | null = null;
  let server: CollectorServer | null = null;

  const getRunners = (): readonly PipelineState[] => collector?.getState().runners ?? [];
  const endpoints = createEndpoints(
    {
      getState: () => collector?.getState() ?? null,
      counters,
      tableStats,
      getPipelines: () => getRunners().flatMap(({ pipeline }) => loader.getPipeline(pipeline) ?? []),
    },
    ctx,
  );
  const path = join(schedulerFolder(ctx.dataFolder), 'collector.json');
  const statusFile = createStatusFile(path, () => endpoints.document());

  const emit = (event: ServeEvent): void => {
    if (event.type === 'pipeline-unscheduled') unscheduled.push(event.file);
    // One that had nothing to do does not stop.
    if (event.type === 'stopping' && alertEvaluation === null) return;
    counters.take(event);
    alertEvaluation?.take(event);
    logs.take(event);
    output(event);
    if (event.type === 'cycle-ended') tableStats.refresh();
    if (alertEvaluation !== null && (event.type !== 'run-event' || event.event.type === 'breaker-changed'))
      statusFile.refresh();
  };
  const saveDefinition = async (pipeline: ScheduledPipeline): Promise<void> => {
    await writeDefinition(definitionPath(ctx.dataFolder, pipeline.name), {
      file: pipeline.file,
      texts: loader.getTexts(pipeline),
    });
    const loaded = loader.getPipeline(pipeline);
    if (loaded !== null) logs.setPipeline(loaded);
  };

  const findExternalRun = async (pipeline: string): Promise<ExternalRun | null> => {
    const locks = await readLocks(ctx.dataFolder);
    // Of a process on another machine only its own lock knows whether it lives.
    return locks.find(({ name, host }) => name === pipeline && host === hostname()) ?? null;
  };

  const signals = createServeSignals();
  const ended = new AbortController();
  try {
    // Before anything is begun: where another one listens nothing is.
    if (options.port !== null) server = await endpoints.listen(options.host, options.port);
    collector = await startCollector({
      clock,
      calendar: getCalendarOrExit,
      store: createCycleStore(ctx.dataFolder, nodeFiles),
      startWorker: createProcessWorkers(ctx),
      findExternalRun,
      saveDefinition,
      watcher: createPipelineWatcher(loader),
      pollInterval: second,
      grace: options.grace,
      stopping: signals.stopping,
      stopped: signals.stopped,
      emit,
    });
    if (getRunners().length === 0)
      throw createNothingToServeError(paths, collector.getState().invalidFiles, unscheduled);
    if (server !== null) printAddress(server.address, options, ctx);
    alertEvaluation = startServeAlertEvaluation({ getRunners, loader, emit, stopping: ended.signal }, ctx);
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
    signals.dispose();
    await server?.close();
    await logs.flush();
    await statusFile.finish();
    await rm(path, { force: true });
  }
}

function printAddress(address: string, { json }: CollectorOptions, at: CliContext): void {
  if (!json) at.info(`health and metrics at ${address}`);
  else process.stdout.write(`${JSON.stringify({ at: at.clock.now(), type: 'listening', address })}\n`);
}
