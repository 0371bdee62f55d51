import { relative, resolve, sep } from 'node:path';
import { readFile } from '../../platform/files/read-file.js';
import { quoteLiteral } from '../parquet/sql.js';
import { renderPaths } from '../parquet/table-source.js';
import type { RenderPaths } from '../parquet/table-source.js';

/** The name of the file with the views of a lake. DuckDB names its spill folder after it, from which the views derive where it is. */
export const viewsFile = 'lake.duckdb';

/*
 * A table function of DuckDB takes constants only, and no function says where the database of a view is. What is constant at
 * the time of binding is the default of `temp_directory`: the path of the opened database and `.tmp`. So the views find the
 * lake in three ways:
 *
 * - `SET VARIABLE lake_folder = '/mnt/lake'`, for a lake that was moved and is attached to another database;
 * - the folder of `lake.duckdb` if that is the opened database, wherever it was moved or mounted;
 * - the folder in which pipe wrote the file, for a lake that is attached.
 */

/** The folder of the lake as an SQL expression that a table function accepts. */
export function buildLakeFolderSql(lake: string): string {
  const spill = "current_setting('temp_directory')";
  const variable = "getvariable('lake_folder')";
  return `CASE WHEN ${variable} IS NOT NULL THEN ${variable}::VARCHAR
    WHEN parse_filename(${spill}) <> ${quoteLiteral(`${viewsFile}.tmp`)} THEN ${quoteLiteral(resolve(lake))}
    WHEN parse_dirpath(${spill}) = '' THEN '.' ELSE parse_dirpath(${spill}) END`;
}

/** Renders paths relative to the folder of the lake, so that views work after the lake was moved. */
export function createPortablePaths(lake: string): RenderPaths {
  const folder = resolve(lake);
  const folderSql = buildLakeFolderSql(folder);
  return (paths) => {
    const names = paths.map((path) => relative(folder, path).split(sep).join('/'));
    if (names.some((name) => name.includes('\n'))) return renderPaths(paths);
    // One text instead of a list of concatenations: tables have tens of thousands of files.
    return `string_split(replace(${quoteLiteral(names.map((name) => `\n/${name}`).join(''))}, chr(10), chr(10) || (${folderSql})), chr(10))[2:]`;
  };
}

/** Returns whether the views in a file were written for a lake in this folder; false if there is no such file. */
export async function areViewsOf(lake: string, path: string): Promise<boolean> {
  try {
    return (await readFile(path)).includes(quoteLiteral(resolve(lake)));
  } catch {
    return false;
  }
}
