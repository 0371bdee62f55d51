import type { CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import type { Instant } from '../../core/time/time.js';
import type { CalendarAxis } from './axis.js';
import { codeOf } from './cells.js';
import type { Row } from './cells.js';

const none = codeOf('none');
const data = codeOf('data');
const partial = codeOf('partial');

/** Writes the code of each date of the axis for one series into a row. */
export function paint(row: Row, windows: SeriesCoverage, sessions: CalendarAxis, isPoint: boolean): void {
  row.cells.set(sessions.blank);
  row.edges.length = 0;
  for (const edge of sessions.blankEdges) row.edges.push(edge);
  if (isPoint) for (const window of windows) paintPoint(row, window, sessions);
  else paintSpans(row, windows, sessions);
}

/** A session counts by its trading time alone. */
function paintSpans(row: Row, windows: SeriesCoverage, sessions: CalendarAxis): void {
  const { positions, opens, closes } = sessions;
  /** The covered time of sessions that a window covers only in part. */
  const parts = new Map<number, number>();
  for (const window of windows) {
    const code = codeOf(window.state);
    const end = firstAtOrAfter(opens, window.end);
    for (let index = firstAfter(closes, window.start); index < end; index++) {
      const open = opens[index] ?? Infinity;
      const close = closes[index] ?? Infinity;
      if (window.start <= open && close <= window.end) {
        // Windows are disjoint: no other one touches the sessions within.
        const whole = firstAfter(closes, window.end);
        fillPositions(row, positions, { start: index, end: whole }, code);
        index = whole - 1;
        continue;
      }
      raise(row, positions[index] ?? 0, code);
      const covered = Math.min(window.end, close) - Math.max(window.start, open);
      parts.set(index, (parts.get(index) ?? 0) + covered);
    }
  }
  for (const [index, covered] of parts) {
    if (covered >= (closes[index] ?? 0) - (opens[index] ?? 0)) continue;
    raise(row, positions[index] ?? 0, partial);
  }
}

/** In a table of snapshots, a day has data if one answer of the day had some. */
function paintPoint(row: Row, window: CoveredWindow, { positions, dayStarts, dayEnds }: CalendarAxis): void {
  const code = codeOf(window.state);
  for (let index = firstAfter(dayEnds, window.start); index < positions.length; index++) {
    if ((dayStarts[index] ?? Infinity) >= window.end) break;
    const position = positions[index] ?? 0;
    setCell(row, position, row.cells[position] === data ? data : code);
  }
}

/** Gives a cell a state, unless it has a more urgent one. */
function raise(row: Row, position: number, code: number): void {
  setCell(row, position, Math.max(row.cells[position] ?? none, code));
}

function setCell({ cells, edges }: Row, position: number, code: number): void {
  cells[position] = code;
  edges.push(position, position + 1);
}

/** Sets the cells of a range of sessions, at once where no other exchange has sessions between them. */
function fillPositions(
  { cells, edges }: Row,
  positions: readonly number[],
  { start, end }: { readonly start: number; readonly end: number },
  code: number,
): void {
  const first = positions[start] ?? 0;
  const last = positions[end - 1] ?? 0;
  edges.push(first, last + 1);
  if (last - first === end - 1 - start) cells.fill(code, first, last + 1);
  else for (let index = start; index < end; index++) cells[positions[index] ?? 0] = code;
}

/** The first position in a sorted list whose value is not less. */
function firstAtOrAfter(sorted: readonly Instant[], instant: Instant): number {
  return firstAfter(sorted, instant - 1);
}

/** The first position in a sorted list whose value is greater. */
function firstAfter(sorted: readonly Instant[], instant: Instant): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}
