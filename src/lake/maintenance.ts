import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../core/clock.js';
import type { Author } from '../core/delivery.js';
import type { RunEventBody } from '../core/events.js';
import { datasets, perDatasetInTurn } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { Duration } from '../core/time.js';
import { checkpointReader } from './delta/checkpoint.js';
import { readSnapshot } from './delta/snapshot.js';
import type { Snapshot } from './delta/snapshot.js';
import { tableFolder } from './delta/table-log.js';
import { compact } from './maintenance-compact.js';
import { keptSince, retention, vacuumOrphans, vacuumStaging, vacuumSuperseded } from './maintenance-vacuum.js';
import type { Vacuumed } from './maintenance-vacuum.js';
import { ownSnapshots } from './own/own-snapshots.js';
import { writeViews } from './views.js';
import type { Snapshots } from './views.js';
import { withoutDamage } from './writer-repair.js';
import { openTables } from './writer-tables.js';
import { stagingFolder } from './writable-tables.js';
import type { WritableTables } from './writable-tables.js';

/** What a run does last: merges small files of the tables it changed and renews the views. Costs nothing when nothing has changed. */
export async function finishTables(tables: WritableTables, author: Author, ownChanged = false): Promise<void> {
  if (tables.changed.size === 0 && !ownChanged && (await exists(join(tables.folder, 'lake.duckdb')))) return;
  for (const dataset of [...tables.changed]) await mergeFiles(tables, author, dataset);
  await renewViews(tables);
}

export interface MaintenanceOptions {
  readonly folder: string;
  readonly author: Author;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly program?: string;
  /** How long superseded files stay; what writers may still be about is always left the usual time. */
  readonly retention?: Duration;
}

/** Tidies every table, and looks for files that nothing names: what `pipe maintain` does. */
export async function maintainLake(options: MaintenanceOptions): Promise<void> {
  const { folder, author, clock, emit, program = 'pipe' } = options;
  const tables = await openTables({ folder, runId: author.runId, program, clock, emit });
  try {
    const reader = checkpointReader(tables.workshop.engine, 'all');
    for (const dataset of datasets) {
      await mergeFiles(tables, author, dataset);
      const table = tableFolder(tables.folder, dataset);
      const { files, bytes } = await vacuumTable(table, await readSnapshot(table, reader), options);
      if (files > 0) emit({ type: 'vacuumed', dataset, files, bytes });
    }
    for (const [name, snapshot] of await ownSnapshots(tables.folder, tables.workshop.engine, 'all').refresh())
      await vacuumTable(join(tables.folder, name), snapshot, options);
    const own = basename(tables.workshop.names.staging);
    await vacuumStaging(stagingFolder(tables.folder), own, clock.now() - retention);
    await renewViews(tables);
  } finally {
    await tables.close();
  }
}

async function vacuumTable(
  table: string,
  snapshot: Snapshot,
  { clock, retention: wanted }: MaintenanceOptions,
): Promise<Vacuumed> {
  const now = clock.now();
  const since = wanted === undefined ? keptSince(snapshot, now) : now - wanted;
  const superseded = await vacuumSuperseded(table, snapshot, since);
  const orphans = await vacuumOrphans(table, snapshot, now - retention);
  return { files: superseded.files + orphans.files, bytes: superseded.bytes + orphans.bytes };
}

async function mergeFiles(tables: WritableTables, author: Author, dataset: Dataset): Promise<void> {
  const { workshop, emit } = tables;
  const log = tables.log(dataset);
  const compacted = await withoutDamage(tables, author, dataset, () => compact(workshop, log, author));
  if (compacted === null) return;
  const { snapshot, filesBefore, filesAfter } = compacted;
  emit({ type: 'compacted', dataset, version: snapshot.version, filesBefore, filesAfter });
  await tables.committed(dataset, snapshot);
}

async function renewViews(tables: WritableTables): Promise<void> {
  const snapshots: Snapshots = await perDatasetInTurn((dataset) => tables.log(dataset).refresh());
  const { engine, names } = tables.workshop;
  const own = await ownSnapshots(tables.folder, engine).refresh();
  await writeViews(await engine(), tables.folder, { snapshots, own }, join(names.staging, `${names.next()}.duckdb`));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
