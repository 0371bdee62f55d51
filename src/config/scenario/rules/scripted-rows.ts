import { closestMatch } from '../../../platform/suggest.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { getColumns } from '../../../core/tables/tables.js';
import type { Column, Dataset } from '../../../core/tables/tables.js';
import { joinList, quote } from '../../yaml/quote.js';
import { parseCell } from './parse-cell.js';
import type { CellValue, RawValue } from './parse-cell.js';

/** One row as a scenario writes it, column by name. */
export type RawRow = Readonly<Record<string, RawValue>>;

/** One row that was understood; a column that is not there was not written. */
export type ScriptedRow = ReadonlyMap<string, CellValue>;

/** Something wrong with a row: with a column of it, with its value, or with what is not there. */
export interface RowProblem {
  /** Counted from 0. */
  readonly row: number;
  readonly column: string | null;
  readonly code: 'unknown-column' | 'bad-value' | 'missing-column' | 'too-many-rows';
  readonly message: string;
  readonly suggestion: string | null;
}

/** Without these a row of the table is about nothing. */
const requiredColumns: Readonly<Record<Dataset, readonly string[]>> = {
  contracts: [],
  chains: ['expiry', 'strike', 'right'],
  equity_bars: ['ts'],
  option_bars: ['ts'],
  history_starts: ['first'],
  quotes: [],
  option_snapshots: ['strike', 'right'],
  overviews: [],
};

/** A request for one of these is answered with one row. */
const singleRowDatasets: ReadonlySet<Dataset> = new Set(['contracts', 'history_starts', 'quotes']);

/** Reads rows for a table; everything that is wrong with them is told at once. */
export function parseScriptedRows(
  dataset: Dataset,
  rawRows: readonly RawRow[],
): Result<readonly ScriptedRow[], readonly RowProblem[]> {
  const problems: RowProblem[] = [];
  const rows = rawRows.map((row, index) => parseRow(dataset, row, index, problems));
  if (singleRowDatasets.has(dataset) && rawRows.length > 1) {
    const message = `a request for ${dataset} is answered with one row, not with ${rawRows.length}`;
    problems.push({ row: 1, column: null, code: 'too-many-rows', message, suggestion: 'leave the others out' });
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
      const message = `${quote(name)} takes ${cell.error}, and this is ${quote(formatRawValue(value))}`;
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

/** As it was written: `"12"` is not `12`. */
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
    const message = `${quote(name)} comes from the ${column.from === 'series' ? 'request' : 'run'} and not from its answer`;
    return { code, message, suggestion: 'leave it out' };
  }
  const answerColumns = Object.entries(getColumns(dataset)).flatMap(([word, { from }]) =>
    from === 'answer' ? [word] : [],
  );
  const closest = closestMatch(name, answerColumns);
  const suggestion =
    closest === null ? `columns of ${dataset} are ${joinList(answerColumns)}` : `did you mean \`${closest}\`?`;
  return { code, message: `${quote(name)} is no column of ${dataset}`, suggestion };
}
