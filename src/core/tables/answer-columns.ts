import type { AnswerColumns, NumberColumn, TextColumn } from './rows.js';
import { getColumns } from './tables.js';
import type { Dataset } from './tables.js';

type SomeColumns = Readonly<Record<string, TextColumn | NumberColumn>>;

/** Returns whether the columns are exactly those that a provider returns for a table, each of its type. */
export function hasAllColumns<D extends Dataset>(
  dataset: D,
  columns: SomeColumns,
): columns is SomeColumns & AnswerColumns<D> {
  return Object.entries(getColumns(dataset)).every(
    ([name, { from, type }]) =>
      from !== 'answer' || (columns[name] instanceof Float64Array ? type !== 'text' : type === 'text'),
  );
}
