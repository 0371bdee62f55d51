import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { ProvidedTable } from '../../core/tables/query-tables.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import { nodeFiles } from '../../platform/file-store.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { Folders } from '../context.js';
import { withLineageFolder } from '../lineage-folder.js';

/** A statement that may name the table. */
export function namesRuns(sql: string): boolean {
  return /\bruns\b/i.test(sql);
}

/**
 * One row for each recorded run, from the summaries of the records: no event is read of a run that has ended. As of a moment,
 * these are the runs that had ended.
 */
export async function readRunsTable(
  { lineageFolder }: Pick<Folders, 'lineageFolder'>,
  asOf: Instant | null = null,
): Promise<ProvidedTable> {
  const options = { files: nodeFiles, isAlive: isProcessAlive, limit: Infinity };
  const all = await withLineageFolder(lineageFolder, () => listRuns(lineageFolder, options));
  const runs = asOf === null ? all : all.filter(({ finishedAt }) => finishedAt !== null && finishedAt <= asOf);
  return {
    name: 'runs',
    columns: {
      run_id: 'VARCHAR',
      pipeline: 'VARCHAR',
      pipeline_hash: 'VARCHAR',
      status: 'VARCHAR',
      reason: 'VARCHAR',
      started_at: 'TIMESTAMPTZ',
      finished_at: 'TIMESTAMPTZ',
      duration_seconds: 'DOUBLE',
      requests: 'BIGINT',
      rows: 'BIGINT',
      version: 'VARCHAR',
      lake: 'VARCHAR',
    },
    rows: runs.map((run) => ({
      run_id: run.runId,
      pipeline: run.pipeline.name,
      pipeline_hash: run.pipeline.hash,
      status: run.status,
      reason: run.reason,
      started_at: formatInstant(run.startedAt),
      finished_at: run.finishedAt === null ? null : formatInstant(run.finishedAt),
      duration_seconds: run.durationMs === null ? null : run.durationMs / 1000,
      requests: run.requests,
      rows: run.rows,
      version: run.version,
      lake: run.lake,
    })),
  };
}
