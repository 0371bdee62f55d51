import { hasAllColumns } from '../../core/tables/answer-columns.js';
import { assertNever } from '../../core/result.js';
import type { AnswerColumns, NumberColumn, Rows, TextColumn } from '../../core/tables/rows.js';
import { getColumns } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { ScriptedRow } from '../../config/scenario/rules/scripted-rows.js';

/** Converts the rows of a scenario to the columns of a table; missing values are null or NaN. */
export function rowsToColumns(dataset: Dataset, rows: readonly ScriptedRow[]): Rows {
  switch (dataset) {
    case 'contracts':
      return buildRows('contracts', rows);
    case 'chains':
      return buildRows('chains', rows);
    case 'equity_bars':
      return buildRows('equity_bars', rows);
    case 'option_bars':
      return buildRows('option_bars', rows);
    case 'history_starts':
      return buildRows('history_starts', rows);
    case 'quotes':
      return buildRows('quotes', rows);
    case 'option_snapshots':
      return buildRows('option_snapshots', rows);
    case 'overviews':
      return buildRows('overviews', rows);
    case 'corporate_actions':
      return buildRows('corporate_actions', rows);
    default:
      return assertNever(dataset);
  }
}

function buildRows<D extends Dataset>(
  dataset: D,
  rows: readonly ScriptedRow[],
): { readonly dataset: D; readonly length: number; readonly columns: AnswerColumns<D> } {
  const columns: Record<string, TextColumn | NumberColumn> = {};
  for (const [name, { from, type }] of Object.entries(getColumns(dataset))) {
    if (from !== 'answer') continue;
    columns[name] =
      type === 'text'
        ? rows.map((row) => readText(row, name))
        : Float64Array.from(rows, (row) => readNumber(row, name));
  }
  if (!hasAllColumns(dataset, columns)) throw new Error(`columns of ${dataset} are missing`);
  return { dataset, length: rows.length, columns };
}

function readText(row: ScriptedRow, name: string): string | null {
  const cell = row.get(name) ?? null;
  return typeof cell === 'string' ? cell : null;
}

/** NaN if the row has no number in this column. */
export function readNumber(row: ScriptedRow, name: string): number {
  const cell = row.get(name);
  return typeof cell === 'number' ? cell : NaN;
}
