import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { DamagedFile } from './contract.js';
import { damagedFiles } from './coverage/damage.js';
import type { LiveFile } from './delta/actions.js';
import { allColumns } from './delta/schema.js';
import type { Snapshot } from './delta/snapshot.js';
import { tableFolder } from './delta/table-log.js';
import { LakeError, lakeErrorOf } from './lake-error.js';
import { expectIntact } from './parquet/checksum.js';
import type { Engine } from './parquet/engine.js';
import { defineOwnView } from './own/own-views.js';
import { tableSource } from './parquet/source.js';
import { duckdbTypes, identifier, literal } from './parquet/sql.js';

/** The tables of a lake at one moment. */
export type Snapshots = Readonly<Record<Dataset, Snapshot>>;

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
  const damage = await damagedFiles(folder, dataset, snapshot.files.values());
  const files = without([...snapshot.files.values()], damage);
  try {
    await engine.run(viewStatement(database, dataset, folder, files), folder);
    return damage;
  } catch (error) {
    const unreadable = await unreadableFiles(dataset, folder, files);
    if (unreadable.length === 0) throw error;
    await engine.run(viewStatement(database, dataset, folder, without(files, unreadable)), folder);
    return [...damage, ...unreadable];
  }
}

function viewStatement(database: string, dataset: Dataset, folder: string, files: readonly LiveFile[]): string {
  const columns = Object.entries(allColumns(dataset));
  const start = `CREATE OR REPLACE VIEW ${identifier(database)}.${identifier(dataset)} AS SELECT`;
  if (files.length === 0) {
    const nulls = columns.map(([column, type]) => `CAST(NULL AS ${duckdbTypes[type]}) AS ${identifier(column)}`);
    return `${start} ${nulls.join(', ')} WHERE false`;
  }
  return `${start} ${columns.map(([column]) => identifier(column)).join(', ')} FROM ${tableSource(dataset, folder, files)}`;
}

async function unreadableFiles(
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

function without(files: readonly LiveFile[], damage: readonly DamagedFile[]): readonly LiveFile[] {
  if (damage.length === 0) return files;
  const left = new Set(damage.map(({ path }) => path));
  return files.filter(({ path }) => !left.has(path));
}

/** The files of the log that the disk holds as written. One that is gone must not stop every query. */
export async function presentFiles(
  dataset: Dataset,
  folder: string,
  files: readonly LiveFile[],
): Promise<readonly LiveFile[]> {
  return without(files, await damagedFiles(folder, dataset, files));
}

/**
 * Renews `lake.duckdb`: made beside it and moved over it, so that whoever opens it sees the old views or the new ones.
 * The views name files absolutely: they work from any folder, and a lake that is moved gets new ones with the next run.
 */
export async function writeViews(
  engine: Engine,
  lake: string,
  { snapshots, own }: { readonly snapshots: Snapshots; readonly own: ReadonlyMap<string, Snapshot> },
  temporary: string,
): Promise<void> {
  const target = join(lake, 'lake.duckdb');
  const attached = 'renewed_views';
  try {
    await engine.run(`ATTACH ${literal(temporary)} AS ${attached}`, target);
    try {
      for (const dataset of datasets) await defineView(engine, lake, dataset, snapshots[dataset], attached);
      for (const [name, snapshot] of own) await defineOwnView(engine, lake, name, snapshot, attached);
    } finally {
      await engine.run(`DETACH ${attached}`, target);
    }
    await rename(temporary, target);
    // A log of changes to the database that was replaced must not be applied to this one.
    await rm(`${target}.wal`, { force: true });
  } catch (error) {
    await rm(temporary, { force: true });
    await rm(`${temporary}.wal`, { force: true });
    throw lakeErrorOf(error, target);
  }
}
