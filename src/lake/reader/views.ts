import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { DamagedFile } from '../api.js';
import { findDamagedFiles } from '../coverage/damaged-files.js';
import type { LiveFile } from '../delta/actions.js';
import { allColumns } from '../delta/schema.js';
import type { Snapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import { LakeError, toLakeError } from '../lake-error.js';
import { expectIntact } from '../parquet/checksum.js';
import type { Engine } from '../parquet/engine.js';
import { defineUserTableView } from '../user-tables/user-table-view.js';
import { buildTableSource } from '../parquet/table-source.js';
import { duckdbTypes, quoteIdentifier, quoteLiteral } from '../parquet/sql.js';

/** The tables of a lake at one moment. */
export type TableSnapshots = Readonly<Record<Dataset, Snapshot>>;

/**
 * Defines the view of one table over files that exist; an empty table has its columns and no rows. DuckDB looks into a file
 * to define a view: one that is too damaged for that is left out like one that is gone, for it must not stop every query.
 * Gives what was left out.
 */
export async function defineView(
  engine: Engine,
  lake: string,
  dataset: Dataset,
  snapshot: Snapshot,
  database = 'memory',
): Promise<readonly DamagedFile[]> {
  const folder = resolve(tableFolder(lake, dataset));
  const damage = await findDamagedFiles(folder, dataset, snapshot.files.values());
  const files = excludeDamaged([...snapshot.files.values()], damage);
  try {
    await engine.run(buildViewSql(database, dataset, folder, files), folder);
    return damage;
  } catch (error) {
    const unreadable = await findUnreadableFiles(dataset, folder, files);
    if (unreadable.length === 0) throw error;
    await engine.run(buildViewSql(database, dataset, folder, excludeDamaged(files, unreadable)), folder);
    return [...damage, ...unreadable];
  }
}

function buildViewSql(database: string, dataset: Dataset, folder: string, files: readonly LiveFile[]): string {
  const columns = Object.entries(allColumns(dataset));
  const start = `CREATE OR REPLACE VIEW ${quoteIdentifier(database)}.${quoteIdentifier(dataset)} AS SELECT`;
  if (files.length === 0) {
    const nulls = columns.map(([column, type]) => `CAST(NULL AS ${duckdbTypes[type]}) AS ${quoteIdentifier(column)}`);
    return `${start} ${nulls.join(', ')} WHERE false`;
  }
  return `${start} ${columns.map(([column]) => quoteIdentifier(column)).join(', ')} FROM ${buildTableSource(dataset, folder, files)}`;
}

async function findUnreadableFiles(
  dataset: Dataset,
  folder: string,
  files: readonly LiveFile[],
): Promise<readonly DamagedFile[]> {
  const unreadable: DamagedFile[] = [];
  for (const file of files) {
    try {
      await expectIntact(join(folder, file.path), file);
    } catch (error) {
      if (!(error instanceof LakeError)) throw error;
      unreadable.push({ dataset, path: file.path, problem: 'unreadable' });
    }
  }
  return unreadable;
}

function excludeDamaged(files: readonly LiveFile[], damage: readonly DamagedFile[]): readonly LiveFile[] {
  if (damage.length === 0) return files;
  const excludedPaths = new Set(damage.map(({ path }) => path));
  return files.filter(({ path }) => !excludedPaths.has(path));
}

/** The files of the log that the disk holds as written. One that is gone must not stop every query. */
export async function findPresentFiles(
  dataset: Dataset,
  folder: string,
  files: readonly LiveFile[],
): Promise<readonly LiveFile[]> {
  return excludeDamaged(files, await findDamagedFiles(folder, dataset, files));
}

/**
 * Renews `lake.duckdb`: made beside it and moved over it, so that whoever opens it sees the old views or the new ones.
 * The views name files absolutely: they work from any folder, and a lake that is moved gets new ones with the next run.
 */
export async function writeViews(
  engine: Engine,
  lake: string,
  { snapshots, userTables }: { readonly snapshots: TableSnapshots; readonly userTables: ReadonlyMap<string, Snapshot> },
  temporary: string,
): Promise<void> {
  const target = join(lake, 'lake.duckdb');
  const attachedName = 'renewed_views';
  try {
    await engine.run(`ATTACH ${quoteLiteral(temporary)} AS ${attachedName}`, target);
    try {
      for (const dataset of datasets) await defineView(engine, lake, dataset, snapshots[dataset], attachedName);
      for (const [name, snapshot] of userTables) await defineUserTableView(engine, lake, name, snapshot, attachedName);
    } finally {
      await engine.run(`DETACH ${attachedName}`, target);
    }
    await rename(temporary, target);
    // A log of changes to the database that was replaced must not be applied to this one.
    await rm(`${target}.wal`, { force: true });
  } catch (error) {
    await rm(temporary, { force: true });
    await rm(`${temporary}.wal`, { force: true });
    throw toLakeError(error, target);
  }
}
