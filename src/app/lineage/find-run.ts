import { join } from 'node:path';

import { parseSeriesName } from '../../core/series.js';
import { formatDuration } from '../../core/time/duration.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import type { CommittedFact } from '../../lake/api.js';
import { listRuns, readEvents, readRun } from '../../lineage/records/read-runs.js';
import type { RecordedRun } from '../../lineage/records/read-runs.js';
import { findRemovalRule } from '../../lineage/records/retention-state.js';
import type { RetentionRule } from '../../lineage/records/retention-state.js';
import { buildReport } from '../../outputs/report/report-accumulator.js';
import type { RunReport } from '../../outputs/report/report.js';
import { nodeFiles } from '../../platform/file-store.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import { CliError } from '../cli-error.js';
import { suggestFirstCommand } from '../pipeline/find-pipeline-files.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { withLakeReader } from '../lake-reader.js';
import { withLineageFolder } from '../lineage-folder.js';

/** The report of a recorded run, with the folder of its record. */
export interface FoundReport {
  readonly report: RunReport;
  readonly folder: string;
}

/** The report of a run, or of the last run if no id is given; a run without a record ends the command. */
export async function readReportOrExit(id: string | undefined, folders: Folders): Promise<FoundReport> {
  const found = await findRun(id, folders);
  if (found === null) {
    throw id === undefined
      ? new CliError(
          exitCode.usage,
          `no run recorded in ${folders.lineageFolder}`,
          `start with: ${suggestFirstCommand()}`,
        )
      : await createNoRunError(id, folders);
  }
  const report = buildReport(await readEvents(found, nodeFiles));
  if (report !== null) return { report, folder: found.folder };
  throw new CliError(
    exitCode.usage,
    `the record of run ${found.runId} is incomplete: the start event is missing`,
    `see ${join(found.folder, 'run.json')}`,
  );
}

function findRun(id: string | undefined, { lineageFolder }: Folders): Promise<RecordedRun | null> {
  const options = { files: nodeFiles, isAlive: isProcessAlive };
  return withLineageFolder(lineageFolder, async () => {
    if (id !== undefined) return readRun(lineageFolder, id, options);
    const [last] = await listRuns(lineageFolder, { ...options, limit: 1 });
    return last ?? null;
  });
}

/** The rule by which the record of a run was removed; null when the record exists or no rule removed it. */
export async function findRemovedRecord(
  id: string,
  pipeline: string | undefined,
  { lineageFolder }: Pick<Folders, 'lineageFolder'>,
): Promise<RetentionRule | null> {
  const rule = await findRemovalRule(lineageFolder, nodeFiles, id, pipeline);
  if (rule === null) return null;
  return (await readRun(lineageFolder, id, { files: nodeFiles })) === null ? rule : null;
}

/** Explains why a run has no record. The lake keeps the origin of its data longer than the record is kept. */
async function createNoRunError(id: string, folders: Folders): Promise<CliError> {
  const fact = await readFirstFact(id, folders);
  const removal = await findRemovalRule(folders.lineageFolder, nodeFiles, id, fact?.author.pipeline.name);
  if (fact !== null) {
    const { symbol } = parseSeriesName(fact.series);
    const run = `run ${id} (${fact.author.pipeline.name}, ${formatTimeSeconds(fact.requestedAt)})`;
    const lineageCommand = `pipe lineage ${/^[\w.-]+$/.test(symbol) ? symbol : `'${symbol}'`} --run ${id}`;
    return new CliError(
      exitCode.usage,
      removal === null
        ? `the record of ${run} is missing`
        : `the record of ${run} was removed after ${formatDuration(removal.retention)}`,
      `the lake still has the origin of its data: ${lineageCommand}`,
    );
  }
  return new CliError(
    exitCode.usage,
    `no run matches ${id}, or the id is ambiguous`,
    removal === null
      ? 'pipe status lists the last runs'
      : `records of ${removal.pipeline} are removed after ${formatDuration(removal.retention)}`,
  );
}

/** The first fact that a run has committed; null when the lake has none. */
function readFirstFact(runId: string, folders: Folders): Promise<CommittedFact | null> {
  return withLakeReader(folders, async (reader) => {
    for await (const fact of reader.readFacts({ runId })) return fact;
    return null;
  });
}
