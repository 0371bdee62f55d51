import { join } from 'node:path';
import type { ColumnType } from '../../core/tables/tables.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { StatementProblem } from '../api.js';
import { toLakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { syncAndHash } from '../parquet/parquet-files.js';
import type { FileNames, WrittenFile } from '../parquet/parquet-files.js';
import { quoteIdentifier, quoteLiteral } from '../parquet/sql.js';
import { parseColumnStatistics } from '../parquet/file-statistics.js';
import { toStoredType } from './stored-type.js';
import type { DeltaType, StoredType } from './stored-type.js';

/** The rows of a result in a file, and its columns. */
export interface ResultFile {
  readonly columns: readonly { readonly name: string; readonly delta: DeltaType }[];
  /** Null without rows. */
  readonly file: WrittenFile | null;
}

interface ResultColumn extends StoredType {
  readonly name: string;
}

/** Writes the rows of a view into a Parquet file with types of Delta Lake. Rejects with errors of DuckDB. */
export async function writeResult(
  engine: Engine,
  view: string,
  names: FileNames,
): Promise<Result<ResultFile, StatementProblem>> {
  const { connection, duckdb } = engine;
  const head = await connection.run(`SELECT * FROM ${quoteIdentifier(view)} LIMIT 0`);
  const types = head.columnTypes();
  const columns = head.columnNames().flatMap((name, index): ResultColumn[] => {
    const type = types[index];
    return type === undefined ? [] : [{ name, ...toStoredType(duckdb, type) }];
  });
  const problem = findNamingProblem(columns);
  if (problem !== null) return err({ message: problem, offset: null });
  const name = `${names.next()}.parquet`;
  const staged = join(names.staging, name);
  const list = columns.map(
    (column) => `CAST(${quoteIdentifier(column.name)} AS ${column.sql}) AS ${quoteIdentifier(column.name)}`,
  );
  const copied = await connection.runAndReadAll(
    `COPY (SELECT ${list.join(', ')} FROM ${quoteIdentifier(view)}) TO ${quoteLiteral(staged)} ` +
      '(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, RETURN_STATS true, WRITE_EMPTY_FILE false)',
  );
  const [stats] = copied.getRowObjectsJson();
  if (stats === undefined || Number(stats['count']) === 0) return ok({ columns, file: null });
  const statistics = parseColumnStatistics(
    Object.fromEntries(columns.map((column) => [column.name, toRangeType(column)])),
    stats,
  );
  try {
    const checked = await syncAndHash(staged);
    const written = {
      staged,
      name,
      partitionValues: {},
      rows: statistics.numRecords,
      stats: JSON.stringify(statistics),
    };
    return ok({ columns, file: { ...written, ...checked } });
  } catch (error) {
    throw toLakeError(error, staged);
  }
}

/** Finds a name that some readers of Delta Lake reject, while its author can still change it. */
function findNamingProblem(columns: readonly ResultColumn[]): string | null {
  const invalid = columns.find(({ name }) => name === '' || /[ ,;{}()\n\t=]/.test(name));
  return invalid === undefined
    ? null
    : `the column ${JSON.stringify(invalid.name)} needs a name of letters, digits and _; add AS name`;
}

/** The type for the range of a column. Other types have no range in the log, nor have timestamps, which would lose microseconds. */
function toRangeType({ delta }: ResultColumn): { readonly type: ColumnType } {
  switch (delta) {
    case 'string':
      return { type: 'text' };
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return { type: 'integer' };
    case 'float':
    case 'double':
      return { type: 'number' };
    case 'date':
      return { type: 'date' };
    default:
      return { type: 'boolean' };
  }
}
