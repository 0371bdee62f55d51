import { closestMatch } from '../../../platform/suggest.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { getColumns } from '../../../core/tables/tables.js';
import type { Column, Dataset } from '../../../core/tables/tables.js';
import { joinList } from '../../../platform/format.js';
import { didYouMean } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { parseCell } from './parse-cell.js';
import type { CellValue, RawValue } from './parse-cell.js';

/** One row as written in a scenario: values by column name. */
export type RawRow = Readonly<Record<string, RawValue>>;

/** One parsed row; columns that the scenario does not set are absent. */
export type ScriptedRow = ReadonlyMap<string, CellValue>;

/** A problem of a row: an unknown or missing column, or an invalid value. */
export interface RowProblem {
  /** Index from 0. */
  readonly row: number;
  readonly column: string | null;
  readonly code: 'unknown-column' | 'bad-value' | 'missing-column' | 'too-many-rows';
  readonly message: string;
  readonly suggestion: string | null;
}

/** Columns that every row must set. */
const requiredColumns: Readonly<Record<Dataset, readonly string[]>> = {
  contracts: [],
  chains: ['expiry', 'strike', 'right'],
  equity_bars: ['ts'],
  option_bars: ['ts'],
  history_starts: ['first'],
  quotes: [],
  option_snapshots: ['strike', 'right'],
  overviews: [],
  corporate_actions: [],
};

/** A request for one of these tables has one row in its response. */
const singleRowDatasets: ReadonlySet<Dataset> = new Set(['contracts', 'history_starts', 'quotes']);

/** Parses rows of a table; the error contains every problem. */
export function parseScriptedRows(
  dataset: Dataset,
  rawRows: readonly RawRow[],
): Result<readonly ScriptedRow[], readonly RowProblem[]> {
  const problems: RowProblem[] = [];
  const rows = rawRows.map((row, index) => parseRow(dataset, row, index, problems));
  if (singleRowDatasets.has(dataset) && rawRows.length > 1) {
    const message = `the response to a request for ${dataset} has one row, not ${rawRows.length}`;
    problems.push({ row: 1, column: null, code: 'too-many-rows', message, suggestion: 'remove the other rows' });
  }
  return problems.length === 0 ? ok(rows) : err(problems);
}

function parseRow(dataset: Dataset, row: RawRow, index: number, problems: RowProblem[]): ScriptedRow {
  const columns = getColumns(dataset);
  const cells = new Map<string, CellValue>();
  for (const [name, value] of Object.entries(row)) {
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (column?.from !== 'answer') {
      problems.push({ row: index, column: name, ...explainUnknownColumn(dataset, name, column) });
      continue;
    }
    const cell = parseCell(value, name, column);
    if (cell.ok) cells.set(name, cell.value);
    else {
      const message = `${quote(name)} must be ${cell.error}, not ${quote(formatRawValue(value))}`;
      problems.push({ row: index, column: name, code: 'bad-value', message, suggestion: null });
    }
  }
  for (const name of requiredColumns[dataset]) {
    if ((row[name] ?? null) !== null) continue;
    const message = `a row of ${dataset} needs ${quote(name)}`;
    problems.push({ row: index, column: null, code: 'missing-column', message, suggestion: null });
  }
  return cells;
}

/** Formats a value as written: `"12"` is not `12`. */
function formatRawValue(value: RawValue): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function explainUnknownColumn(
  dataset: Dataset,
  name: string,
  column: Column | undefined,
): Pick<RowProblem, 'code' | 'message' | 'suggestion'> {
  const code = 'unknown-column';
  if (column !== undefined) {
    const message = `${quote(name)} is set by the ${column.from === 'series' ? 'request' : 'run'}, not by the response`;
    return { code, message, suggestion: 'remove the column' };
  }
  const answerColumns = Object.entries(getColumns(dataset)).flatMap(([word, { from }]) =>
    from === 'answer' ? [word] : [],
  );
  const closest = closestMatch(name, answerColumns);
  const suggestion = didYouMean(closest) ?? `the columns of ${dataset} are ${joinList(answerColumns)}`;
  return { code, message: `${dataset} has no column ${quote(name)}`, suggestion };
}
