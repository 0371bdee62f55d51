import type { LocalDate } from '../../core/time/time.js';
import type { UserTable } from '../../lake/api.js';
import { readUserTablesState } from '../../lake/user-tables/user-tables-state.js';
import { sqlString } from '../../queries/sql.js';
import type { Row } from '../../queries/sql.js';
import { closestMatch } from '../../platform/suggest.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { withLakeReader } from '../lake-reader.js';

export interface UserTableQuery {
  readonly table: string;
  readonly symbol: string;
  readonly date: LocalDate;
  readonly column: string | null;
}

/** A row of the table of a custom step, and the tables that it was computed from. */
export interface UserTableOrigin {
  readonly query: UserTableQuery;
  /** The row of the symbol and the date; null if there is none. */
  readonly row: Row | null;
  readonly table: UserTable;
  /** The inputs with the version that the step read and the version now. */
  readonly inputs: readonly { readonly table: string; readonly version: number | null; readonly now: number | null }[];
}

/** The names of columns by which a row is looked up. */
const dateColumns: readonly string[] = ['session', 'date', 'day', 'ts', 'as_of'];

/** Looks up a row of a custom step's table; an unknown column ends the command. */
export async function readUserTableOrExit(
  query: UserTableQuery,
  { dataFolder }: Pick<Folders, 'dataFolder'>,
): Promise<UserTableOrigin> {
  const state = await readUserTablesState(dataFolder);
  const table = state.tables.find(({ dataset }) => dataset === query.table);
  if (table === undefined) throw new CliError(exitCode.usage, `no table ${query.table} in the lake`);
  const columns = table.columns.map(({ name }) => name);
  requireColumn(query, columns);
  const date = dateColumns.find((name) => columns.includes(name));
  const conditions = [
    ...(columns.includes('symbol') ? [`symbol = ${sqlString(query.symbol)}`] : []),
    ...(date === undefined ? [] : [`CAST("${date}" AS DATE) = DATE ${sqlString(query.date)}`]),
  ];
  const where = conditions.length === 0 ? 'true' : conditions.join(' AND ');
  const quoted = `"${query.table.replaceAll('"', '""')}"`;
  const { rows } = await withLakeReader({ dataFolder }, (reader) =>
    reader.query(`SELECT * FROM ${quoted} WHERE ${where} LIMIT 1`),
  );
  const inputs = Object.entries(table.origin?.inputs ?? {}).map(([name, version]) => ({
    table: name,
    version,
    now: state.versions[name] ?? null,
  }));
  return { query, row: rows[0] ?? null, table, inputs };
}

function requireColumn({ table, column }: UserTableQuery, columns: readonly string[]): void {
  if (column === null || columns.includes(column)) return;
  const suggestion = closestMatch(column, columns);
  throw new CliError(
    exitCode.usage,
    `${table} has no column ${column}`,
    suggestion === null ? `its columns: ${columns.join(', ')}` : `did you mean ${suggestion}?`,
  );
}
