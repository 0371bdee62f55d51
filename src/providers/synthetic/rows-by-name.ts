import { isWholeAnswer } from '../../core/answer-columns.js';
import { unreachable } from '../../core/result.js';
import type { AnswerColumns, NumberColumn, Rows, TextColumn } from '../../core/rows.js';
import { columnsOf } from '../../core/tables.js';
import type { Dataset } from '../../core/tables.js';
import type { OwnRow } from '../../scenario/own-rows.js';

/** Rows that were read for a table, as its columns; what was not written is nothing. */
export function rowsByName(dataset: Dataset, rows: readonly OwnRow[]): Rows {
  switch (dataset) {
    case 'contracts':
      return rowsOf('contracts', rows);
    case 'chains':
      return rowsOf('chains', rows);
    case 'equity_bars':
      return rowsOf('equity_bars', rows);
    case 'option_bars':
      return rowsOf('option_bars', rows);
    case 'history_starts':
      return rowsOf('history_starts', rows);
    case 'quotes':
      return rowsOf('quotes', rows);
    case 'option_snapshots':
      return rowsOf('option_snapshots', rows);
    case 'overviews':
      return rowsOf('overviews', rows);
    default:
      return unreachable(dataset);
  }
}

function rowsOf<D extends Dataset>(
  dataset: D,
  rows: readonly OwnRow[],
): { readonly dataset: D; readonly length: number; readonly columns: AnswerColumns<D> } {
  const columns: Record<string, TextColumn | NumberColumn> = {};
  for (const [name, { from, type }] of Object.entries(columnsOf(dataset))) {
    if (from !== 'answer') continue;
    columns[name] =
      type === 'text' ? rows.map((row) => textIn(row, name)) : Float64Array.from(rows, (row) => numberIn(row, name));
  }
  if (!isWholeAnswer(dataset, columns)) throw new Error(`columns of ${dataset} are missing`);
  return { dataset, length: rows.length, columns };
}

function textIn(row: OwnRow, name: string): string | null {
  const cell = row.get(name) ?? null;
  return typeof cell === 'string' ? cell : null;
}

/** The number in a column of a row; NaN where there is none. */
export function numberIn(row: OwnRow, name: string): number {
  const cell = row.get(name);
  return typeof cell === 'number' ? cell : NaN;
}
