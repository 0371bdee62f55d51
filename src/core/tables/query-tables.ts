import type { Dataset } from './tables.js';

/** A table besides those of the lake. */
export interface ProvidedTable {
  readonly name: string;
  /** The columns with their types in DuckDB. */
  readonly columns: Readonly<Record<string, 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'TIMESTAMPTZ'>>;
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}

/** Selects rows that a commit replaced; `columns` and `where` are SQL. */
export interface ReplacedRowsQuery {
  readonly dataset: Dataset;
  readonly version: number;
  readonly columns: string;
  readonly where: string;
}

/** A statement whose rows become a Parquet file. */
export interface SavedQuery {
  readonly sql: string;
  readonly path: string;
  /** Rows at most. */
  readonly limit: number;
}
