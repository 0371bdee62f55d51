import { hostname } from 'node:os';

import type { RunEvent, RunEventBody } from '../../core/events.js';
import type { Redact } from '../../platform/redact.js';
import type { LakeReader } from '../../lake/api.js';
import { nodeFiles } from '../../platform/file-store.js';
import { readProcessStart } from '../../platform/process-alive.js';
import { createOpenLineageClient } from '../../lineage/openlineage/client.js';
import type { OpenLineageClient } from '../../lineage/openlineage/client.js';
import { createRunRecord } from '../../lineage/records/run-record.js';
import type { RunRecord } from '../../lineage/records/run-record.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createRunOutputs } from '../../outputs/run-outputs.js';
import type { RunOutputs } from '../../outputs/run-outputs.js';
import { readAllowedHosts } from '../allowed-hosts.js';
import { createAlertLock } from '../alerts/alert-lock.js';
import { createReportBuilder } from './report-builder.js';
import type { ReportBuilder } from './report-builder.js';
import type { RunProgress } from './run-progress.js';
import type { AppContext } from '../context.js';

export interface RunObserversDeps {
  readonly pipeline: Pipeline;
  readonly runId: string;
  readonly redact: Redact;
  readonly progress: RunProgress;
  readonly reader: Pick<LakeReader, 'readState' | 'readStatistics'>;
  readonly stopping: AbortSignal;
  /** True if the user chose the dates of the run. */
  readonly hasOwnDates: boolean;
  /** True if the pipeline's log gets events of all levels. */
  readonly logAllLevels: boolean;
  /** Takes the first failure to write the run record; no event can report it. */
  readonly onRecordError: (message: string) => void;
}

/** The consumers of a run's events. Each gets every event, with its secrets redacted. */
export interface RunObservers {
  readonly record: RunRecord;
  readonly report: ReportBuilder;
  readonly outputs: RunOutputs;
  /** Null when the pipeline has no OpenLineage endpoint. */
  readonly lineageClient: OpenLineageClient | null;
  readonly emit: (body: RunEventBody) => void;
}

export async function createRunObservers(
  deps: RunObserversDeps,
  ctx: Pick<AppContext, 'clock' | 'dataFolder' | 'lineageFolder' | 'environment'>,
): Promise<RunObservers> {
  const { pipeline, runId, redact, progress, reader, stopping } = deps;
  const { clock } = ctx;
  const warn = (message: string): void => emit({ type: 'warning', message });
  const { endpoint } = pipeline.lineage;
  const allowedHosts = readAllowedHosts(ctx);
  const lineageClient =
    endpoint === null ? null : createOpenLineageClient({ url: endpoint, clock, onError: warn, allowedHosts });
  let hasWarned = false;
  const record = createRunRecord({
    lineageFolder: ctx.lineageFolder,
    files: nodeFiles,
    process: { pid: process.pid, host: hostname(), startedAt: readProcessStart(process.pid).startedAt },
    onError: (problem) => {
      // Every later file of the record fails for the same reason.
      if (hasWarned) return;
      hasWarned = true;
      deps.onRecordError(`run record incomplete: ${problem}`);
    },
    ...(lineageClient === null ? {} : { onOpenLineage: (event) => lineageClient.send(event) }),
  });
  const report = createReportBuilder(record);
  const outputs = await createRunOutputs(pipeline, {
    runId,
    clock,
    lake: ctx.dataFolder,
    reader,
    files: nodeFiles,
    withLock: createAlertLock(ctx, 'pipe run'),
    redact,
    logAllLevels: deps.logAllLevels,
    shutdownSignal: stopping,
    hasOwnDates: deps.hasOwnDates,
    allowedHosts,
    warn,
  });

  /** The command has printed them when it loaded the pipeline. */
  const printedWarnings: ReadonlySet<string | null> = new Set([
    pipeline.autoProviderWarning,
    ...pipeline.symbolWarnings,
  ]);

  function emit(body: RunEventBody): void {
    const event: RunEvent = { at: clock.now(), runId, ...redactEvent(body, redact) };
    record.record(event);
    report.handle(event);
    outputs.handle(event);
    if (event.type !== 'warning' || !printedWarnings.has(event.message)) progress.handle(event);
  }

  return { record, report, outputs, lineageClient, emit };
}

/** Redacts the texts of an event that come from providers, commands and disks; their errors may echo credentials. */
function redactEvent(event: RunEventBody, redact: Redact): RunEventBody {
  switch (event.type) {
    case 'warning':
    case 'request-retried':
      return { ...event, message: redact(event.message) };
    case 'request-completed': {
      const { message, closed } = event;
      return {
        ...event,
        ...(message === undefined ? {} : { message: redact(message) }),
        ...(closed?.some(({ reason }) => reason !== undefined) === true
          ? { closed: closed.map((one) => (one.reason === undefined ? one : { ...one, reason: redact(one.reason) })) }
          : {}),
      };
    }
    case 'sink-failed':
      return { ...event, message: redact(event.message) };
    case 'quality-checked':
      return event.problem === undefined ? event : { ...event, problem: redact(event.problem) };
    case 'corruption-detected':
      return { ...event, problem: redact(event.problem) };
    case 'task-finished':
    case 'run-finished':
      return event.reason === undefined ? event : { ...event, reason: redact(event.reason) };
    default:
      return event;
  }
}
