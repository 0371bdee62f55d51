import { join } from 'node:path';
import type { Dataset } from '../../core/tables/tables.js';
import type { LiveFile } from '../delta/actions.js';
import { allColumns, partitionColumns, storedColumns } from '../delta/schema.js';
import { duckdbTypes, quoteIdentifier, quoteLiteral, quoteLiterals } from './sql.js';
import { getCountedColumns } from './file-statistics.js';

/*
 * Files written before a column was added lack it: their rows have null in it. The log says which files do, so that no file is
 * opened to find out, and files that have all columns are read as before.
 */

/** Returns whether the log says that files hold every column of their table. */
export function haveAllColumns(dataset: Dataset, files: readonly LiveFile[]): boolean {
  const names = Object.keys(storedColumns(dataset));
  return files.every((file) => findMissingColumns(names, file)?.length === 0);
}

/** Renders the paths of files as a list in SQL. */
export type RenderPaths = (paths: readonly string[]) => string;

export const renderPaths: RenderPaths = quoteLiterals;

/** The rows of some files of a table, at least one, as the source of a query: all columns, including partition columns. */
export function buildTableSource(
  dataset: Dataset,
  table: string,
  files: readonly LiveFile[],
  render: RenderPaths = renderPaths,
): string {
  const groups = new Map<string, { readonly missingColumns: readonly string[] | null; readonly paths: string[] }>();
  const stored = Object.keys(storedColumns(dataset));
  for (const file of files) {
    const missingColumns = findMissingColumns(stored, file);
    const key = missingColumns === null ? 'unknown' : missingColumns.map(quoteIdentifier).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { missingColumns, paths: [join(table, file.path)] });
    else group.paths.push(join(table, file.path));
  }
  const complete = groups.get('');
  if (complete !== undefined && groups.size === 1) return buildParquetSource(dataset, render(complete.paths));
  const selects = Array.from(groups.values(), ({ missingColumns, paths }) =>
    buildSelect(dataset, missingColumns, render(paths)),
  );
  return `(${selects.join(' UNION ALL ')})`;
}

function buildSelect(dataset: Dataset, missingColumns: readonly string[] | null, paths: string): string {
  const columns = Object.entries(allColumns(dataset));
  if (missingColumns === null) {
    const names = columns.map(([name]) => quoteIdentifier(name));
    const typed = columns.map(([name, type]) => `CAST(NULL AS ${duckdbTypes[type]}) AS ${quoteIdentifier(name)}`);
    const found = `SELECT * FROM ${buildParquetSource(dataset, paths, ', union_by_name = true')}`;
    return `SELECT ${names.join(', ')} FROM (SELECT ${typed.join(', ')} WHERE false UNION ALL BY NAME ${found})`;
  }
  const values = columns.map(([name, type]) =>
    missingColumns.includes(name)
      ? `CAST(NULL AS ${duckdbTypes[type]}) AS ${quoteIdentifier(name)}`
      : quoteIdentifier(name),
  );
  return `SELECT ${values.join(', ')} FROM ${buildParquetSource(dataset, paths)}`;
}

/** The columns that a file lacks; null if the log does not say. */
function findMissingColumns(columns: readonly string[], { stats, tags }: LiveFile): readonly string[] | null {
  const presentColumns = getCountedColumns(stats);
  const missingColumns = columns.filter((name) => !presentColumns.has(name));
  // Other writers record statistics of some columns or of none; pipe, whose files have a checksum, of all.
  return missingColumns.length > 0 && (presentColumns.size === 0 || tags['pipe.crc32'] === undefined)
    ? null
    : missingColumns;
}

/** Files as the source of a query; partition columns are read from their folders. */
function buildParquetSource(dataset: Dataset, paths: string, extraOptions = ''): string {
  const folders = partitionColumns(dataset);
  const types = folders.map((name) => `${quoteLiteral(name)}: VARCHAR`).join(', ');
  const hive = folders.length === 0 ? 'hive_partitioning = false' : `hive_partitioning = true, hive_types = {${types}}`;
  return `read_parquet(${paths}, ${hive}${extraOptions})`;
}
