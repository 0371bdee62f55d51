import type { ClosedWindow } from '../../core/fetch-result.js';
import { selectBars } from '../../core/tables/select-bars.js';
import type { BarRows } from '../../core/tables/select-bars.js';
import { covers } from '../../core/time/window.js';
import type { Windows } from '../../core/time/window.js';

/** Selects the bars within some windows, with their lines; null without bars. */
export function selectInside(
  rows: BarRows,
  lines: readonly number[],
  windows: Windows,
): { readonly rows: BarRows | null; readonly lines: readonly number[] } {
  const kept = [...rows.columns.ts.keys()].filter((index) => {
    const ts = rows.columns.ts[index] ?? NaN;
    return covers(windows, { start: ts, end: ts + 1 });
  });
  if (kept.length === 0) return { rows: null, lines: [] };
  if (kept.length === rows.length) return { rows, lines };
  const selected = selectBars(rows, kept.length, (column) => Float64Array.from(kept, (index) => column[index] ?? NaN));
  return { rows: selected, lines: kept.map((index) => lines[index] ?? 0) };
}

/** Closes windows with bars, and windows without a trade. */
export function closeWindows(rows: BarRows | null, held: Windows, quiet: Windows): readonly ClosedWindow[] {
  const times = rows === null ? [] : [...rows.columns.ts];
  let next = 0;
  const data = held.map((window): ClosedWindow => {
    const first = next;
    while (next < times.length && (times[next] ?? Infinity) < window.end) next++;
    return { window, state: 'data', rows: next - first };
  });
  return [...data, ...quiet.map((window): ClosedWindow => ({ window, state: 'empty', rows: 0 }))].sort(
    (a, b) => a.window.start - b.window.start,
  );
}
