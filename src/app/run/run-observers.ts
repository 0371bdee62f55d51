import { hostname } from 'node:os';

import type { RunEvent, RunEventBody } from '../../core/events.js';
import type { Redact } from '../../platform/redact.js';
import type { LakeReader } from '../../lake/api.js';
import { nodeFiles } from '../../platform/file-store.js';
import { createOpenLineageClient } from '../../lineage/openlineage/client.js';
import type { OpenLineageClient } from '../../lineage/openlineage/client.js';
import { createRunRecord } from '../../lineage/records/run-record.js';
import type { RunRecord } from '../../lineage/records/run-record.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createRunOutputs } from '../../outputs/run-outputs.js';
import type { RunOutputs } from '../../outputs/run-outputs.js';
import { createAlertLock } from '../alerts/alert-lock.js';
import { redactEvent } from './redact-event.js';
import type { Progress } from '../../cli/output/progress.js';
import { createReportBuilder } from './report-builder.js';
import type { ReportBuilder } from './report-builder.js';
import type { CliContext } from '../cli-context.js';

/** What those who hear a run are made of. */
export interface RunObserversDeps {
  readonly pipeline: Pipeline;
  readonly runId: string;
  readonly redact: Redact;
  /** The terminal, or the collector that started the run. */
  readonly progress: Progress;
  readonly reader: Pick<LakeReader, 'readState' | 'readStatistics'>;
  readonly stopping: AbortSignal;
}

/** Everybody who hears what happens in a run, each of whom gets every event without its secrets. */
export interface RunObservers {
  readonly record: RunRecord;
  readonly report: ReportBuilder;
  readonly outputs: RunOutputs;
  /** Null where lineage is sent nowhere. */
  readonly lineageClient: OpenLineageClient | null;
  readonly emit: (body: RunEventBody) => void;
}

export async function createRunObservers(deps: RunObserversDeps, at: CliContext): Promise<RunObservers> {
  const { pipeline, runId, redact, progress, reader, stopping } = deps;
  const { clock } = at;
  const warn = (message: string): void => emit({ type: 'warning', message });
  const { endpoint } = pipeline.lineage;
  const lineageClient = endpoint === null ? null : createOpenLineageClient({ url: endpoint, clock, onError: warn });
  let hasWarned = false;
  const record = createRunRecord({
    lineageFolder: at.lineageFolder,
    files: nodeFiles,
    process: { pid: process.pid, host: hostname() },
    onError: (problem) => {
      // One file of the record after the other would fail for the same reason.
      if (hasWarned) return;
      hasWarned = true;
      const words = at.stderrStyle('warn', `the record of this run is not complete: ${problem}`);
      if (at.verbosity === 'quiet') at.error(words);
      else progress.say(words);
    },
    ...(lineageClient === null ? {} : { onOpenLineage: (event) => lineageClient.send(event) }),
  });
  const report = createReportBuilder(record);
  const outputs = await createRunOutputs(pipeline, {
    runId,
    clock,
    lake: at.dataFolder,
    reader,
    files: nodeFiles,
    withLock: createAlertLock(at, 'pipe run'),
    redact,
    logAllLevels: at.verbosity === 'debug',
    shutdownSignal: stopping,
    warn,
  });

  function emit(body: RunEventBody): void {
    const event: RunEvent = { at: clock.now(), runId, ...redactEvent(body, redact) };
    record.record(event);
    report.take(event);
    outputs.handle(event);
    // A person has heard that one when the pipeline was read.
    if (event.type !== 'warning' || event.message !== pipeline.autoProviderWarning) progress.take(event);
  }

  return { record, report, outputs, lineageClient, emit };
}
