import type { ColumnType } from '../../core/tables/tables.js';

/** A text as an SQL literal. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A list of texts as an SQL literal. */
export function quoteLiterals(texts: Iterable<string>): string {
  return `[${Array.from(texts, quoteLiteral).join(', ')}]`;
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
export function formatInstantLiteral(instant: number): string {
  return `make_timestamptz(${Math.round(instant)} * 1000)`;
}
