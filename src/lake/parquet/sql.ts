import type { ColumnType } from '../../core/tables/tables.js';

export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteLiterals(texts: Iterable<string>): string {
  return `[${Array.from(texts, quoteLiteral).join(', ')}]`;
}

/** The DuckDB type of each column type, which determines the type in Parquet. */
export const duckdbTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  date: 'DATE',
};

export function formatInstantLiteral(instant: number): string {
  return `make_timestamptz(${Math.round(instant)} * 1000)`;
}

/** The number of rows in one of DuckDB's vectors. */
export const vectorSize = 2048;
