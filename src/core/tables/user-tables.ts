import { datasets } from './tables.js';

/** A column of a table that a user's own step made, with its type as Delta Lake writes it. */
export interface UserColumn {
  readonly name: string;
  /** `double`, `decimal(18,3)`; for nested types the JSON of it. */
  readonly type: string;
}

/** For each table the version with which its rows last changed: merging files is no change. */
export type TableVersions = Readonly<Record<string, number | null>>;

/** A column of a table of the lake. */
export interface ColumnRef {
  readonly dataset: string;
  readonly column: string;
}

/** Which columns the values of one column are made of. */
export interface ColumnOrigin {
  readonly column: string;
  /** Word for word, computed row by row, or computed from several rows. */
  readonly kind: 'identity' | 'transformation' | 'aggregation';
  readonly from: readonly ColumnRef[];
}

/** Where the columns of a statement's result come from. */
export interface ColumnLineage {
  /** Only columns whose origins are known. */
  readonly columns: readonly ColumnOrigin[];
  /** The columns that decide which rows there are. */
  readonly rows: readonly ColumnRef[];
}

/** How tables travel to commands and back. */
export type FileFormat = 'parquet' | 'csv' | 'json';

/** What `query` calls the table of all facts; no table of one's own may hide it. */
const reservedNames: ReadonlySet<string> = new Set<string>([...datasets, 'facts', 'lake']);

/** Whether a table of one's own may have this name: it is a folder, a view and a name in SQL without quotes. */
export function isUserTableName(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,62}$/.test(name) && !reservedNames.has(name);
}

/** Whether a name is that of a table that every lake has. */
export function isBuiltInTableName(name: string): boolean {
  return reservedNames.has(name);
}
