import { createHash } from 'node:crypto';
import type { Dataset } from '../core/tables/tables.js';
import { quoteText } from './sql.js';

/** The part of a table that a sink copies. */
export interface TableSelection {
  readonly dataset: Dataset;
  /** In the order of the table; with the columns that identify a row. */
  readonly columns: readonly string[];
  /** Null for all symbols. */
  readonly symbols: readonly string[] | null;
}

/** Names a selection: a copy of another selection starts from nothing. */
export function formatSelectionKey({ columns, symbols }: TableSelection): string {
  return createHash('sha256')
    .update(JSON.stringify([columns, symbols?.toSorted() ?? null]))
    .digest('hex')
    .slice(0, 16);
}

/** The condition of the selected symbols in SQL of DuckDB. */
export function symbolCondition({ symbols }: Pick<TableSelection, 'symbols'>, column = 'symbol'): string {
  if (symbols === null) return 'true';
  return symbols.length === 0 ? 'false' : `${column} IN (${symbols.map(quoteText).join(', ')})`;
}
