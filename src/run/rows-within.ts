import { takenBars } from '../core/bar-rows.js';
import type { Rows, RowsOf } from '../core/rows.js';
import type { Instant } from '../core/time.js';
import type { Window, Windows } from '../core/window.js';

/** The times of rows that have one of their own, in order. Those of point tables share the moment of their answer. */
export function timesOf(rows: Rows): Float64Array {
  return rows.dataset === 'equity_bars' || rows.dataset === 'option_bars' ? rows.columns.ts : new Float64Array();
}

/** The rows of bars whose time lies in one of the windows; null when there are none. Rows must be in order of time. */
export function rowsWithin(rows: Rows, windows: Windows): Rows | null {
  if (rows.dataset !== 'equity_bars' && rows.dataset !== 'option_bars') return rows;
  const times = rows.columns.ts;
  const ranges = windows.map((window) => rangeOf(times, window)).filter(({ from, to }) => to > from);
  const [only] = ranges;
  if (only === undefined) return null;
  if (ranges.length === 1 && only.from === 0 && only.to === rows.length) return rows;
  return pick(rows, ranges);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(times: Float64Array, window: Window): Range {
  return { from: firstAtOrAfter(times, window.start), to: firstAtOrAfter(times, window.end) };
}

function firstAtOrAfter(times: Float64Array, instant: Instant): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pick(rows: RowsOf<'equity_bars' | 'option_bars'>, ranges: readonly Range[]): Rows {
  const length = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const take = (column: Float64Array): Float64Array => {
    const [first] = ranges;
    if (ranges.length === 1 && first !== undefined) return column.subarray(first.from, first.to);
    const taken = new Float64Array(length);
    let offset = 0;
    for (const { from, to } of ranges) {
      taken.set(column.subarray(from, to), offset);
      offset += to - from;
    }
    return taken;
  };
  return takenBars(rows, length, take);
}
