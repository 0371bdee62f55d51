import { nearest } from '../core/nearest.js';
import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import { columnsOf } from '../core/tables.js';
import type { Column, Dataset } from '../core/tables.js';
import { enumerate, quote } from '../yaml/text.js';
import { cellOf } from './cell.js';
import type { Cell, Written } from './cell.js';

/** One row as a scenario writes it, column by name. */
export type WrittenRow = Readonly<Record<string, Written>>;

/** One row that was understood; a column that is not there was not written. */
export type OwnRow = ReadonlyMap<string, Cell>;

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
const needed: Readonly<Record<Dataset, readonly string[]>> = {
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
const single: ReadonlySet<Dataset> = new Set(['contracts', 'history_starts', 'quotes']);

/** Reads rows for a table; everything that is wrong with them is told at once. */
export function readOwnRows(
  dataset: Dataset,
  written: readonly WrittenRow[],
): Result<readonly OwnRow[], readonly RowProblem[]> {
  const problems: RowProblem[] = [];
  const rows = written.map((row, index) => readRow(dataset, row, index, problems));
  if (single.has(dataset) && written.length > 1) {
    const message = `a request for ${dataset} is answered with one row, not with ${written.length}`;
    problems.push({ row: 1, column: null, code: 'too-many-rows', message, suggestion: 'leave the others out' });
  }
  return problems.length === 0 ? ok(rows) : err(problems);
}

function readRow(dataset: Dataset, row: WrittenRow, index: number, problems: RowProblem[]): OwnRow {
  const columns = columnsOf(dataset);
  const cells = new Map<string, Cell>();
  for (const [name, value] of Object.entries(row)) {
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (column?.from !== 'answer') {
      problems.push({ row: index, column: name, ...notAnswered(dataset, name, column) });
      continue;
    }
    const cell = cellOf(value, name, column);
    if (cell.ok) cells.set(name, cell.value);
    else {
      const message = `${quote(name)} takes ${cell.error}, and this is ${quote(shown(value))}`;
      problems.push({ row: index, column: name, code: 'bad-value', message, suggestion: null });
    }
  }
  for (const name of needed[dataset]) {
    if ((row[name] ?? null) !== null) continue;
    const message = `a row of ${dataset} needs ${quote(name)}`;
    problems.push({ row: index, column: null, code: 'missing-column', message, suggestion: null });
  }
  return cells;
}

/** As it was written: `"12"` is not `12`. */
function shown(value: Written): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function notAnswered(
  dataset: Dataset,
  name: string,
  column: Column | undefined,
): Pick<RowProblem, 'code' | 'message' | 'suggestion'> {
  const code = 'unknown-column';
  if (column !== undefined) {
    const message = `${quote(name)} comes from the ${column.from === 'series' ? 'request' : 'run'} and not from its answer`;
    return { code, message, suggestion: 'leave it out' };
  }
  const known = Object.entries(columnsOf(dataset)).flatMap(([word, { from }]) => (from === 'answer' ? [word] : []));
  const meant = nearest(name, known);
  const suggestion = meant === null ? `columns of ${dataset} are ${enumerate(known)}` : `did you mean \`${meant}\`?`;
  return { code, message: `${quote(name)} is no column of ${dataset}`, suggestion };
}
