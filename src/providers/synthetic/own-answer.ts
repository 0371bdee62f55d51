import type { Calendar } from '../../core/calendar.js';
import type { Outcome, Request } from '../../core/request.js';
import type { OptionContract } from '../../core/series.js';
import { dayNumber } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { readOwnRows } from '../../scenario/own-rows.js';
import type { OwnRow, WrittenRow } from '../../scenario/own-rows.js';
import { rowProblemText } from './own-rows-problems.js';
import { numberIn, rowsByName } from './rows-by-name.js';

/** The instrument's calendar and what its clock shows. */
export interface OwnAnswerParts {
  readonly calendar: Calendar | undefined;
  readonly now: Instant;
}

/**
 * Answers rows of a scenario as if the source held these and no others: bars that lie in the window and have happened,
 * options among those asked for.
 */
export function ownAnswer({ series, window }: Request, written: readonly WrittenRow[], parts: OwnAnswerParts): Outcome {
  const { dataset } = series;
  const read = readOwnRows(dataset, written);
  if (!read.ok)
    return {
      kind: 'failure',
      failure: { kind: 'invalid', code: 'scenario', message: read.error.map(rowProblemText).join('; ') },
    };
  switch (dataset) {
    case 'equity_bars':
    case 'option_bars':
      if (window === null)
        return { kind: 'failure', failure: { kind: 'invalid', message: 'bars are asked for by window' } };
      return ownBars(dataset, read.value, window, parts);
    case 'option_snapshots':
      return point(dataset, ofContracts(read.value, series.contracts));
    default:
      return point(dataset, read.value);
  }
}

function point(dataset: Request['series']['dataset'], rows: readonly OwnRow[]): Outcome {
  return rows.length === 0 ? { kind: 'empty' } : { kind: 'rows', rows: rowsByName(dataset, rows), answered: null };
}

function ownBars(
  dataset: 'equity_bars' | 'option_bars',
  written: readonly OwnRow[],
  window: Window,
  { calendar, now }: OwnAnswerParts,
): Outcome {
  const answered = { start: window.start, end: Math.max(window.start, Math.min(window.end, now)) };
  const time = (row: OwnRow): Instant => numberIn(row, 'ts');
  const rows = written
    .filter((row) => time(row) >= answered.start && time(row) < answered.end)
    .toSorted((a, b) => time(a) - time(b))
    .map((row) => withSession(row, time(row), calendar));
  if (rows.length === 0 && answered.end === window.end) return { kind: 'empty' };
  return { kind: 'rows', rows: rowsByName(dataset, rows), answered };
}

function withSession(row: OwnRow, ts: Instant, calendar: Calendar | undefined): OwnRow {
  if (row.has('session') || calendar === undefined) return row;
  return new Map([...row, ['session', dayNumber(calendar.dateAt(ts))]]);
}

function ofContracts(rows: readonly OwnRow[], contracts: readonly OptionContract[]): readonly OwnRow[] {
  return contracts
    .toSorted((a, b) => (a.strike === b.strike ? a.right.localeCompare(b.right) : a.strike - b.strike))
    .flatMap(({ strike, right, conId }) =>
      rows
        .filter((row) => row.get('strike') === strike && row.get('right') === right)
        .map((row) => (row.has('con_id') ? row : new Map([...row, ['con_id', conId]]))),
    );
}
