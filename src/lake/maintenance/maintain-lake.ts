import { basename, join } from 'node:path';
import type { Clock } from '../../core/time/clock.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { RunEventBody } from '../../core/events.js';
import { datasets, mapDatasetsSequentially } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Duration } from '../../core/time/time.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { readSnapshot } from '../delta/snapshot.js';
import type { Snapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import { isDamage } from '../lake-error.js';
import { compact } from './compact.js';
import { computeRetentionCutoff, defaultRetention, vacuumOrphans, vacuumStaging, vacuumSuperseded } from './vacuum.js';
import type { VacuumResult } from './vacuum.js';
import { vacuumQuarantined } from './vacuum-quarantined.js';
import { createUserTableSnapshots } from '../user-tables/user-table-snapshots.js';
import { areViewsOf, viewsFile } from '../reader/lake-location.js';
import { writeViews } from '../reader/views.js';
import type { TableSnapshots } from '../reader/views.js';
import { repairAndRetry, repairTable } from '../writer/repair-tables.js';
import { openWritableTables } from '../writer/open-writable-tables.js';
import { stagingFolder } from '../writer/writable-tables.js';
import type { WritableTables } from '../writer/writable-tables.js';

/** Merges small files of the tables that a run has changed, and renews the views if a table has changed or the lake was moved. */
export async function finishTables(
  tables: WritableTables,
  author: CommitInfo,
  userTablesChanged = false,
): Promise<void> {
  const hasChanged = tables.changed.size > 0 || userTablesChanged;
  if (!hasChanged && (await areViewsOf(tables.folder, join(tables.folder, viewsFile)))) return;
  for (const dataset of [...tables.changed]) await skipDamagedLog(() => compactTable(tables, author, dataset));
  await refreshViews(tables);
}

/** A damaged log, which the plan and `check` name, does not stop the maintenance of other tables. */
async function skipDamagedLog(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
}

export interface MaintenanceOptions {
  readonly folder: string;
  readonly author: CommitInfo;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly program?: string;
  /** The retention of superseded files; files of running writers always stay for the default retention. */
  readonly retention?: Duration;
}

/** Compacts and vacuums every table, and deletes files that no log names: `pipe maintain`. */
export async function maintainLake(options: MaintenanceOptions): Promise<void> {
  const { folder, author, clock, emit, program = 'pipe' } = options;
  const tables = await openWritableTables({ folder, runId: author.runId, program, clock, emit });
  try {
    const reader = createCheckpointReader(tables.context.engine, 'all');
    for (const dataset of datasets) {
      await skipDamagedLog(async () => {
        await repairTable(tables, author, dataset);
        await compactTable(tables, author, dataset);
        const table = tableFolder(tables.folder, dataset);
        const vacuumed = await vacuumTable(table, await readSnapshot(table, reader), options);
        const quarantined = await vacuumQuarantined(table, dataset, clock.now() - defaultRetention);
        const files = vacuumed.files + quarantined.files;
        const bytes = vacuumed.bytes + quarantined.bytes;
        if (files > 0) emit({ type: 'vacuumed', dataset, files, bytes });
      });
    }
    for (const [name, snapshot] of await createUserTableSnapshots(
      tables.folder,
      tables.context.engine,
      'all',
    ).refresh())
      await vacuumTable(join(tables.folder, name), snapshot, options);
    const ownStaging = basename(tables.context.names.staging);
    await vacuumStaging(stagingFolder(tables.folder), ownStaging, clock.now() - defaultRetention);
    await refreshViews(tables);
  } finally {
    await tables.close();
  }
}

async function vacuumTable(
  table: string,
  snapshot: Snapshot,
  { clock, retention: requestedRetention }: MaintenanceOptions,
): Promise<VacuumResult> {
  const now = clock.now();
  const since = requestedRetention === undefined ? computeRetentionCutoff(snapshot, now) : now - requestedRetention;
  const superseded = await vacuumSuperseded(table, snapshot, since);
  const orphans = await vacuumOrphans(table, snapshot, now - defaultRetention);
  return { files: superseded.files + orphans.files, bytes: superseded.bytes + orphans.bytes };
}

async function compactTable(tables: WritableTables, author: CommitInfo, dataset: Dataset): Promise<void> {
  const { context, emit } = tables;
  const log = tables.log(dataset);
  await tables.expectKnownSchema(dataset);
  const compacted = await repairAndRetry(tables, author, dataset, () => compact(context, log, author));
  if (compacted === null) return;
  const { snapshot, filesBefore, filesAfter } = compacted;
  emit({ type: 'compacted', dataset, version: snapshot.version, filesBefore, filesAfter });
  await tables.afterCommit(dataset, snapshot);
}

/** Writes `lake.duckdb` over the current files of all tables. */
export async function refreshViews(tables: WritableTables): Promise<void> {
  const snapshots: TableSnapshots = await mapDatasetsSequentially(async (dataset) => {
    try {
      return await tables.log(dataset).refresh();
    } catch (error) {
      if (!isDamage(error)) throw error;
      // Without a view a query fails by the table's name, instead of finding an empty table.
      return null;
    }
  });
  const { engine, names } = tables.context;
  const userTables = await createUserTableSnapshots(tables.folder, engine).refresh();
  await writeViews(
    await engine(),
    tables.folder,
    { snapshots, userTables },
    join(names.staging, `${names.next()}.duckdb`),
  );
}
