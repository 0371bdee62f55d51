import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { damagedFiles } from './coverage/damage.js';
import type { LiveFile } from './delta/actions.js';
import { allColumns, partitionColumns } from './delta/schema.js';
import type { Snapshot } from './delta/snapshot.js';
import { tableFolder } from './delta/table-log.js';
import { lakeErrorOf } from './lake-error.js';
import { parquetSource } from './parquet/engine.js';
import type { Engine } from './parquet/engine.js';
import { duckdbTypes, identifier, literal } from './parquet/sql.js';

/** The tables of a lake at one moment. */
export type Snapshots = Readonly<Record<Dataset, Snapshot>>;

/** Statements that define one view per table over files that exist; an empty table has its columns and no rows. */
export async function viewStatements(lake: string, snapshots: Snapshots): Promise<readonly string[]> {
  return Promise.all(datasets.map((dataset) => viewStatement(lake, dataset, snapshots[dataset])));
}

/** The statement for one table. */
export async function viewStatement(lake: string, dataset: Dataset, snapshot: Snapshot): Promise<string> {
  const folder = resolve(tableFolder(lake, dataset));
  const paths = (await presentFiles(dataset, folder, [...snapshot.files.values()])).map(({ path }) => join(folder, path));
  const columns = Object.entries(allColumns(dataset));
  const name = `CREATE OR REPLACE VIEW ${identifier(dataset)} AS SELECT`;
  if (paths.length === 0) {
    const nulls = columns.map(([column, type]) => `CAST(NULL AS ${duckdbTypes[type]}) AS ${identifier(column)}`);
    return `${name} ${nulls.join(', ')} WHERE false`;
  }
  return `${name} ${columns.map(([column]) => identifier(column)).join(', ')} FROM ${parquetSource(paths, partitionColumns(dataset))}`;
}

/** The files of the log that the disk holds as written. One that is gone must not stop every query. */
export async function presentFiles(dataset: Dataset, folder: string, files: readonly LiveFile[]): Promise<readonly LiveFile[]> {
  const damaged = new Set((await damagedFiles(folder, dataset, files)).map(({ path }) => path));
  return damaged.size === 0 ? files : files.filter(({ path }) => !damaged.has(path));
}

/**
 * Renews `lake.duckdb`: made beside it and moved over it, so that whoever opens it sees the old views or the new ones.
 * The views name files absolutely: they work from any folder, and a lake that is moved gets new ones with the next run.
 */
export async function writeViews(engine: Engine, lake: string, snapshots: Snapshots, temporary: string): Promise<void> {
  const target = join(lake, 'lake.duckdb');
  const attached = 'renewed_views';
  try {
    const statements = await viewStatements(lake, snapshots);
    await engine.run(`ATTACH ${literal(temporary)} AS ${attached}`, target);
    try {
      const inAttached = statements.map((text) => text.replace('VIEW ', `VIEW ${attached}.`));
      await engine.run(inAttached.join(';\n'), target);
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
