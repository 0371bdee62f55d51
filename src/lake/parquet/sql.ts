import type { ColumnType } from '../../core/tables.js';

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A list of texts as an SQL literal. */
export function literals(texts: Iterable<string>): string {
  return `[${Array.from(texts, literal).join(', ')}]`;
}

/** How DuckDB holds each type of column, and with it Parquet. */
export const duckdbTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  date: 'DATE',
};

/** An instant as an SQL literal. */
export function instantLiteral(instant: number): string {
  return `make_timestamptz(${Math.round(instant)} * 1000)`;
}
