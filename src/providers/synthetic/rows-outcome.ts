import type { Calendar } from '../../core/time/calendar.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { OptionContract } from '../../core/series.js';
import { toDayNumber } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { parseScriptedRows } from '../../config/scenario/rules/scripted-rows.js';
import type { ScriptedRow, RawRow } from '../../config/scenario/rules/scripted-rows.js';
import { formatRowProblem } from './scenario-row-problems.js';
import { readNumber, rowsToColumns } from './rows-to-columns.js';

export interface RowsContext {
  readonly calendar: Calendar | undefined;
  readonly now: Instant;
}

/**
 * Answers with the rows of a scenario as if they were all data of the source: bars in the window up to now, and options among
 * the requested ones.
 */
export function rowsOutcome(
  { series, window }: Request,
  scriptedRows: readonly RawRow[],
  context: RowsContext,
): FetchOutcome {
  const { dataset } = series;
  const parsed = parseScriptedRows(dataset, scriptedRows);
  if (!parsed.ok)
    return {
      kind: 'failure',
      failure: { kind: 'invalid', code: 'scenario', message: parsed.error.map(formatRowProblem).join('; ') },
    };
  switch (dataset) {
    case 'equity_bars':
    case 'option_bars':
      if (window === null)
        return { kind: 'failure', failure: { kind: 'invalid', message: 'a request for bars needs a window' } };
      return barRowsOutcome(dataset, parsed.value, window, context);
    case 'option_snapshots':
      return pointOutcome(dataset, selectContracts(parsed.value, series.contracts));
    default:
      return pointOutcome(dataset, parsed.value);
  }
}

function pointOutcome(dataset: Request['series']['dataset'], rows: readonly ScriptedRow[]): FetchOutcome {
  return rows.length === 0
    ? { kind: 'empty' }
    : { kind: 'rows', rows: rowsToColumns(dataset, rows), answeredWindow: null };
}

function barRowsOutcome(
  dataset: 'equity_bars' | 'option_bars',
  scriptedRows: readonly ScriptedRow[],
  window: Window,
  { calendar, now }: RowsContext,
): FetchOutcome {
  const answeredWindow = { start: window.start, end: Math.max(window.start, Math.min(window.end, now)) };
  const readTime = (row: ScriptedRow): Instant => readNumber(row, 'ts');
  const rows = scriptedRows
    .filter((row) => readTime(row) >= answeredWindow.start && readTime(row) < answeredWindow.end)
    .toSorted((a, b) => readTime(a) - readTime(b))
    .map((row) => addSession(row, readTime(row), calendar));
  if (rows.length === 0 && answeredWindow.end === window.end) return { kind: 'empty' };
  return { kind: 'rows', rows: rowsToColumns(dataset, rows), answeredWindow };
}

function addSession(row: ScriptedRow, ts: Instant, calendar: Calendar | undefined): ScriptedRow {
  if (row.has('session') || calendar === undefined) return row;
  return new Map([...row, ['session', toDayNumber(calendar.dateAt(ts))]]);
}

function selectContracts(rows: readonly ScriptedRow[], contracts: readonly OptionContract[]): readonly ScriptedRow[] {
  return contracts
    .toSorted((a, b) => (a.strike === b.strike ? a.right.localeCompare(b.right) : a.strike - b.strike))
    .flatMap(({ strike, right, conId }) =>
      rows
        .filter((row) => row.get('strike') === strike && row.get('right') === right)
        .map((row) => (row.has('con_id') ? row : new Map([...row, ['con_id', conId]]))),
    );
}
