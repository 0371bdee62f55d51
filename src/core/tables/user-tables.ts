import { datasets } from './tables.js';

/** A column of a table that a custom step created, with its type as Delta Lake writes it. */
export interface UserColumn {
  readonly name: string;
  /** `double`, `decimal(18,3)`; JSON for nested types. */
  readonly type: string;
}

/** For each table the version with which its rows last changed: merging files is no change. */
export type TableVersions = Readonly<Record<string, number | null>>;

/** A column of a table of the lake. */
export interface ColumnRef {
  readonly dataset: string;
  readonly column: string;
}

/** The columns that the values of one column derive from. */
export interface ColumnOrigin {
  readonly column: string;
  /** Copied, computed row by row, or computed from several rows. */
  readonly kind: 'identity' | 'transformation' | 'aggregation';
  readonly from: readonly ColumnRef[];
}

/** The origins of the columns of a statement's result. */
export interface ColumnLineage {
  /** Only columns whose origins are known. */
  readonly columns: readonly ColumnOrigin[];
  /** The columns that decide which rows the result has. */
  readonly rows: readonly ColumnRef[];
}

/** The format of tables passed to and from commands. */
export type FileFormat = 'parquet' | 'csv' | 'json';

/** Names that `query` defines; no user table may hide them. */
const reservedNames: ReadonlySet<string> = new Set<string>([...datasets, 'facts', 'lake']);

/** Returns whether a user table may have this name, which is also a folder, a view and an unquoted SQL identifier. */
export function isUserTableName(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,62}$/.test(name) && !reservedNames.has(name);
}

/** Returns whether every lake has a table of this name. */
export function isBuiltInTableName(name: string): boolean {
  return reservedNames.has(name);
}
