import type { RunEventBody } from '../../core/events.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Duration } from '../../core/time/time.js';
import { maintainLake } from '../../lake/maintenance/maintain-lake.js';
import { nodePruneFiles } from '../../lineage/records/prune-file-store.js';
import { pruneRecords } from '../../lineage/records/prune-records.js';
import type { PruneResult } from '../../lineage/records/prune-records.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { AppContext, Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { withLineageFolder } from '../lineage-folder.js';
import { createRunId } from '../run/run-id.js';
import { version } from '../version.js';

/** The changes that maintenance made in one table. */
export interface TableMaintenance {
  readonly dataset: Dataset;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly filesRemoved: number;
  readonly bytesRemoved: number;
}

/** The changes of maintenance. */
export interface Maintenance {
  /** Only tables that changed. */
  readonly tables: readonly TableMaintenance[];
  readonly records: PruneResult;
}

/** Maintains the tables of the lake and the run records. A null retention is the default one. */
export async function maintain(
  retention: Duration | null,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<Maintenance> {
  const events: RunEventBody[] = [];
  if (await hasTables(ctx)) {
    await maintainLake({
      folder: ctx.dataFolder,
      // No pipeline is involved: the commits name the command.
      author: { runId: createRunId(ctx.clock.now()), pipeline: { name: 'pipe maintain', hash: null } },
      clock: ctx.clock,
      emit: (event) => events.push(event),
      program: `pipe/${version()}`,
      ...(retention === null ? {} : { retention }),
    });
  }
  const now = ctx.clock.now();
  const records = await withLineageFolder(ctx.lineageFolder, () =>
    pruneRecords({
      lineageFolder: ctx.lineageFolder,
      files: nodePruneFiles,
      isAlive: isProcessAlive,
      now,
      owner: createRunId(now),
    }),
  );
  return { tables: datasets.map((dataset) => summarizeMaintenance(dataset, events)).filter(isChanged), records };
}

/** Checks for tables; maintenance does not create a lake. */
function hasTables(ctx: Pick<Folders, 'dataFolder'>): Promise<boolean> {
  return withLakeReader(ctx, async (reader) => (await reader.readStatistics()).some((table) => table.version !== null));
}

function summarizeMaintenance(dataset: Dataset, events: readonly RunEventBody[]): TableMaintenance {
  let [filesBefore, filesAfter, filesRemoved, bytesRemoved] = [0, 0, 0, 0];
  for (const event of events) {
    if (event.type === 'compacted' && event.dataset === dataset) {
      filesBefore += event.filesBefore;
      filesAfter += event.filesAfter;
    } else if (event.type === 'vacuumed' && event.dataset === dataset) {
      filesRemoved += event.files;
      bytesRemoved += event.bytes;
    }
  }
  return { dataset, filesBefore, filesAfter, filesRemoved, bytesRemoved };
}

function isChanged({ filesBefore, filesRemoved }: TableMaintenance): boolean {
  return filesBefore > 0 || filesRemoved > 0;
}
