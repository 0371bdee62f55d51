import { selectBars } from '../core/tables/select-bars.js';
import type { Rows, RowsOf } from '../core/tables/rows.js';
import type { Instant } from '../core/time/time.js';
import type { Window, Windows } from '../core/time/window.js';

/** Returns the times of bars, in order. Rows of point tables have none: they share the time of their answer. */
export function getRowTimes(rows: Rows): Float64Array {
  return rows.dataset === 'equity_bars' || rows.dataset === 'option_bars' ? rows.columns.ts : new Float64Array();
}

/** Selects the bars within the windows; null when there are none. Bars must be sorted by time. */
export function selectRowsWithin(rows: Rows, windows: Windows): Rows | null {
  if (rows.dataset !== 'equity_bars' && rows.dataset !== 'option_bars') return rows;
  const times = rows.columns.ts;
  const ranges = windows.map((window) => findRange(times, window)).filter(({ from, to }) => to > from);
  const [only] = ranges;
  if (only === undefined) return null;
  if (ranges.length === 1 && only.from === 0 && only.to === rows.length) return rows;
  return selectRanges(rows, ranges);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function findRange(times: Float64Array, window: Window): Range {
  return { from: lowerBound(times, window.start), to: lowerBound(times, window.end) };
}

function lowerBound(times: Float64Array, instant: Instant): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function selectRanges(rows: RowsOf<'equity_bars' | 'option_bars'>, ranges: readonly Range[]): Rows {
  const length = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const selectColumn = (column: Float64Array): Float64Array => {
    const [first] = ranges;
    if (ranges.length === 1 && first !== undefined) return column.subarray(first.from, first.to);
    const selected = new Float64Array(length);
    let offset = 0;
    for (const { from, to } of ranges) {
      selected.set(column.subarray(from, to), offset);
      offset += to - from;
    }
    return selected;
  };
  return selectBars(rows, length, selectColumn);
}
