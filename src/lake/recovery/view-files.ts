import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { LogProblem } from '../api.js';
import { isDamage } from '../lake-error.js';
import { openEngine } from '../parquet/engine.js';
import { quoteLiteral } from '../parquet/sql.js';
import { viewsFile } from '../reader/lake-location.js';

export interface ViewFiles {
  /** The data files of each table that its view reads, relative to the table's folder. */
  readonly files: ReadonlyMap<Dataset, readonly string[]>;
  /** Null if `lake.duckdb` is readable or does not exist. */
  readonly problem: LogProblem | null;
}

/** The files that `lake.duckdb` names: those of all tables after the last run. */
export async function readViewFiles(lake: string): Promise<ViewFiles> {
  const path = join(lake, viewsFile);
  const files = new Map<Dataset, readonly string[]>();
  if (!existsSync(path)) return { files, problem: null };
  const spillFolder = join(tmpdir(), `pipe-views-${process.pid}`);
  const engine = await openEngine({ memoryLimit: '160MB', spillFolder, preserveOrder: false });
  try {
    await engine.run(`ATTACH ${quoteLiteral(path)} AS views (READ_ONLY)`, path);
    const views = await engine.queryRows(
      `SELECT view_name, sql FROM duckdb_views() WHERE database_name = 'views' AND NOT internal`,
      path,
    );
    const sqlByName = new Map(views.map((view) => [String(view['view_name']), String(view['sql'])]));
    for (const dataset of datasets) files.set(dataset, findPaths(sqlByName.get(dataset) ?? '', dataset));
    return { files, problem: null };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return {
      files: new Map(),
      problem: { dataset: viewsFile, kind: 'views', path: viewsFile, detail: 'cannot be read' },
    };
  } finally {
    engine.close();
  }
}

/** The paths in the text of a view, which `createPortablePaths` wrote one a line. */
function findPaths(sql: string, dataset: Dataset): readonly string[] {
  const prefix = `/${dataset}/`;
  return sql
    .split(/[\n,[\]]/)
    .map((line) => line.replace(/^\s*'?/, '').replace(/'.*$/s, ''))
    .filter((line) => line.startsWith(prefix) && line.endsWith('.parquet'))
    .map((line) => line.slice(prefix.length));
}
