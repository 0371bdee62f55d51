import { nearest } from '../../core/nearest.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { columnsOf } from '../../core/tables.js';
import type { Column, Dataset } from '../../core/tables.js';
import { cellOf } from './cell.js';
import type { Cell, Written } from './cell.js';

/** One row as a scenario writes it, column by name. */
export type WrittenRow = Readonly<Record<string, Written>>;

/** One row that was understood; a column that is not there was not written. */
export type OwnRow = ReadonlyMap<string, Cell>;

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

/** Reads rows for a table; everything that is wrong with them is said at once, a sentence each. */
export function readOwnRows(
  dataset: Dataset,
  written: readonly WrittenRow[],
): Result<readonly OwnRow[], readonly string[]> {
  const columns = columnsOf(dataset);
  const problems: string[] = [];
  if (single.has(dataset) && written.length > 1)
    problems.push(`a request for ${dataset} is answered with one row, not with ${written.length}`);
  const rows = written.map((row, index) => {
    const place = `row ${index + 1} of ${dataset}`;
    const cells = new Map<string, Cell>();
    for (const [name, value] of Object.entries(row)) {
      const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
      if (column?.from !== 'answer') {
        problems.push(`${place}: ${notAnswered(dataset, name, column)}`);
        continue;
      }
      const cell = cellOf(value, column);
      if (!cell.ok) problems.push(`${place}: \`${name}\` ${cell.error}`);
      else if (name === 'right' && cell.value !== 'C' && cell.value !== 'P')
        problems.push(`${place}: \`right\` takes "C" or "P", not ${JSON.stringify(value)}`);
      else cells.set(name, cell.value);
    }
    for (const name of needed[dataset]) {
      if ((row[name] ?? null) === null) problems.push(`${place}: \`${name}\` is missing`);
    }
    return cells;
  });
  return problems.length === 0 ? ok(rows) : err(problems);
}

function notAnswered(dataset: Dataset, name: string, column: Column | undefined): string {
  if (column !== undefined)
    return `\`${name}\` comes from the ${column.from === 'series' ? 'request' : 'run'}; leave it out`;
  const answered = Object.entries(columnsOf(dataset)).filter(([, { from }]) => from === 'answer');
  const meant = nearest(
    name,
    answered.map(([word]) => word),
  );
  return `there is no column \`${name}\`${meant === null ? '' : `; did you mean \`${meant}\`?`}`;
}
