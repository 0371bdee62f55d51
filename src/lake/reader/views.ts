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
import { buildTableSource, renderPaths } from '../parquet/table-source.js';
import type { RenderPaths } from '../parquet/table-source.js';
import { duckdbTypes, quoteIdentifier, quoteLiteral } from '../parquet/sql.js';
import { defineAdjustedBars } from './adjusted-bars.js';
import { buildLakeFolderSql, createPortablePaths, viewsFile } from './lake-location.js';

/** Null for a table whose log is damaged. */
export type TableSnapshots = Readonly<Record<Dataset, Snapshot | null>>;

export interface ViewOptions {
  readonly database?: string;
  readonly render?: RenderPaths;
  /** A condition for the rows of the files, in SQL; null for all of them. */
  readonly condition?: string | null;
}

/**
 * Defines the view of one table over its existing files; an empty table has its columns and no rows. DuckDB reads a file to
 * define a view: a file that is too damaged for that is omitted like a missing one, because it must not stop every query.
 * Returns the omitted files.
 */
export async function defineView(
  engine: Engine,
  lake: string,
  dataset: Dataset,
  snapshot: Snapshot,
  { database = 'memory', render = renderPaths, condition = null }: ViewOptions = {},
): Promise<readonly DamagedFile[]> {
  const options = { database, render, condition };
  const folder = resolve(tableFolder(lake, dataset));
  const damage = await findDamagedFiles(folder, dataset, snapshot.files.values());
  const files = excludeDamaged([...snapshot.files.values()], damage);
  try {
    await engine.run(buildViewSql(dataset, folder, files, options), folder);
    return damage;
  } catch (error) {
    const unreadable = await findUnreadableFiles(dataset, folder, files);
    if (unreadable.length === 0) throw error;
    await engine.run(buildViewSql(dataset, folder, excludeDamaged(files, unreadable), options), folder);
    return [...damage, ...unreadable];
  }
}

function buildViewSql(
  dataset: Dataset,
  folder: string,
  files: readonly LiveFile[],
  { database, render, condition }: Required<ViewOptions>,
): string {
  const select = buildSelectSql(dataset, folder, files, { render, condition });
  return `CREATE OR REPLACE VIEW ${quoteIdentifier(database)}.${quoteIdentifier(dataset)} AS ${select}`;
}

/** Selects all columns of some files, of the rows that satisfy the condition; without files, none of their rows. */
export function buildSelectSql(
  dataset: Dataset,
  folder: string,
  files: readonly LiveFile[],
  { render = renderPaths, condition = null }: Omit<ViewOptions, 'database'> = {},
): string {
  const columns = Object.entries(allColumns(dataset));
  if (files.length === 0) {
    const nulls = columns.map(([column, type]) => `CAST(NULL AS ${duckdbTypes[type]}) AS ${quoteIdentifier(column)}`);
    return `SELECT ${nulls.join(', ')} WHERE false`;
  }
  const source = buildTableSource(dataset, folder, files, render);
  const where = condition === null ? '' : ` WHERE ${condition}`;
  return `SELECT ${columns.map(([column]) => quoteIdentifier(column)).join(', ')} FROM ${source}${where}`;
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

export function excludeDamaged(files: readonly LiveFile[], damage: readonly DamagedFile[]): readonly LiveFile[] {
  if (damage.length === 0) return files;
  const excludedPaths = new Set(damage.map(({ path }) => path));
  return files.filter(({ path }) => !excludedPaths.has(path));
}

/** The files that exist on disk with the size of the log. A missing file must not stop every query. */
export async function findPresentFiles(
  dataset: Dataset,
  folder: string,
  files: readonly LiveFile[],
): Promise<readonly LiveFile[]> {
  return excludeDamaged(files, await findDamagedFiles(folder, dataset, files));
}

/**
 * Renews `lake.duckdb`: writes a new file and renames it over the old one, so that a reader sees the old views or the new ones.
 * The views find their files after the lake was moved, copied or mounted elsewhere; see lake-location.ts.
 */
export async function writeViews(
  engine: Engine,
  lake: string,
  { snapshots, userTables }: { readonly snapshots: TableSnapshots; readonly userTables: ReadonlyMap<string, Snapshot> },
  temporary: string,
): Promise<void> {
  const target = join(lake, viewsFile);
  const render = createPortablePaths(lake);
  const attachedName = 'renewed_views';
  try {
    await engine.run(`ATTACH ${quoteLiteral(temporary)} AS ${attachedName}`, target);
    try {
      for (const dataset of datasets) {
        const snapshot = snapshots[dataset];
        if (snapshot !== null) await defineView(engine, lake, dataset, snapshot, { database: attachedName, render });
      }
      if (snapshots.equity_bars !== null && snapshots.corporate_actions !== null)
        await defineAdjustedBars(engine, attachedName);
      for (const [name, snapshot] of userTables)
        await defineUserTableView(engine, lake, name, snapshot, attachedName, render);
      await engine.run(`CREATE OR REPLACE MACRO ${attachedName}.lake_folder() AS ${buildLakeFolderSql(lake)}`, target);
    } finally {
      await engine.run(`DETACH ${attachedName}`, target);
    }
    await rename(temporary, target);
    // DuckDB would apply the write-ahead log of the replaced database to the new one.
    await rm(`${target}.wal`, { force: true });
  } catch (error) {
    await rm(temporary, { force: true });
    await rm(`${temporary}.wal`, { force: true });
    throw toLakeError(error, target);
  }
}
