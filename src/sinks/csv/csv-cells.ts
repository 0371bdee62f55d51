import { getColumns } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { quoteName } from '../sql.js';

/** Text columns whose values this program chooses; the others may hold any text of a provider. */
const ownTexts: ReadonlySet<string> = new Set([
  'provider',
  'bar_size',
  'what',
  'right',
  'iv_source',
  'iv_reason',
  'atm_iv_reason',
  'trend',
  'run_id',
  'request_id',
]);

/**
 * The cell of a column as SQL of DuckDB. Spreadsheets run a text that starts like a formula; a quote before it makes it a text.
 */
export function cellSql(dataset: Dataset, column: string): string {
  const name = quoteName(column);
  if (getColumns(dataset)[column]?.type !== 'text' || ownTexts.has(column)) return name;
  return neutralizeSql(name);
}

/** A text that no spreadsheet takes for a formula: those start with `=`, `+`, `-`, `@`, a tab or a line break. */
export function neutralizeSql(text: string): string {
  return `CASE WHEN ascii(${text}) IN (61, 43, 45, 64, 9, 13, 10) THEN '''' || ${text} ELSE ${text} END`;
}
