import { join } from 'node:path';
import type { Dataset } from '../../core/tables.js';
import type { LiveFile } from '../delta/actions.js';
import { allColumns, partitionColumns, storedColumns } from '../delta/schema.js';
import { duckdbTypes, identifier, literal } from './sql.js';
import { countedColumns } from './statistics.js';

/*
 * A table may have grown: files written before a column was added lack it, and have nothing in it. Which do is known from
 * the log, so that files are not opened for it and those of a table that has not grown are read as ever.
 */

/** Whether files are known to hold every column of their table. */
export function holdAllColumns(dataset: Dataset, files: readonly LiveFile[]): boolean {
  const names = Object.keys(storedColumns(dataset));
  return files.every((file) => lackedBy(names, file)?.length === 0);
}

/** The rows of some files of a table, one at least, as the source of a query: all columns, those of its folders too. */
export function tableSource(dataset: Dataset, table: string, files: readonly LiveFile[]): string {
  const groups = new Map<string, { readonly lacked: readonly string[] | null; readonly paths: string[] }>();
  const stored = Object.keys(storedColumns(dataset));
  for (const file of files) {
    const lacked = lackedBy(stored, file);
    const key = lacked === null ? 'unknown' : lacked.map(identifier).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { lacked, paths: [join(table, file.path)] });
    else group.paths.push(join(table, file.path));
  }
  const whole = groups.get('');
  if (whole !== undefined && groups.size === 1) return parquetSource(dataset, whole.paths);
  const selects = Array.from(groups.values(), ({ lacked, paths }) => selectFrom(dataset, lacked, paths));
  return `(${selects.join(' UNION ALL ')})`;
}

function selectFrom(dataset: Dataset, lacked: readonly string[] | null, paths: readonly string[]): string {
  const columns = Object.entries(allColumns(dataset));
  if (lacked === null) {
    const names = columns.map(([name]) => identifier(name));
    const typed = columns.map(([name, type]) => `CAST(NULL AS ${duckdbTypes[type]}) AS ${identifier(name)}`);
    const found = `SELECT * FROM ${parquetSource(dataset, paths, ', union_by_name = true')}`;
    return `SELECT ${names.join(', ')} FROM (SELECT ${typed.join(', ')} WHERE false UNION ALL BY NAME ${found})`;
  }
  const values = columns.map(([name, type]) =>
    lacked.includes(name) ? `CAST(NULL AS ${duckdbTypes[type]}) AS ${identifier(name)}` : identifier(name),
  );
  return `SELECT ${values.join(', ')} FROM ${parquetSource(dataset, paths)}`;
}

/** Which of some columns a file lacks; null where only the file itself can tell. */
function lackedBy(columns: readonly string[], { stats, tags }: LiveFile): readonly string[] | null {
  const held = countedColumns(stats);
  const lacked = columns.filter((name) => !held.has(name));
  // Other writers keep statistics of some columns or of none; ours, whose files have a checksum, of all.
  return lacked.length > 0 && (held.size === 0 || tags['pipe.crc32'] === undefined) ? null : lacked;
}

/** Files as the source of a query, with the partition columns read from their folders. */
function parquetSource(dataset: Dataset, paths: readonly string[], more = ''): string {
  const folders = partitionColumns(dataset);
  const types = folders.map((name) => `${literal(name)}: VARCHAR`).join(', ');
  const hive = folders.length === 0 ? 'hive_partitioning = false' : `hive_partitioning = true, hive_types = {${types}}`;
  return `read_parquet([${paths.map(literal).join(', ')}], ${hive}${more})`;
}
