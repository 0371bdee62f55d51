import type { CoverageState } from '../../core/coverage.js';
import type { RequestId, RunId } from '../../core/request.js';
import { tables } from '../../core/tables/tables.js';
import { day } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { pluralize } from '../../platform/format.js';
import type { LineageSeries, LineageWindow } from './query-lineage.js';

/** Consecutive windows of one series in the same state, merged over weekends. */
export interface WindowRange extends Window {
  readonly state: CoverageState;
  readonly rows: RowCount;
  readonly windows: number;
  readonly requests: number;
  readonly runs: number;
  /** The window requested last. */
  readonly latest: LineageWindow;
  readonly upstream: ReadonlySet<RequestId>;
}

/** The number of rows: at least `known`, as windows that were partly replaced have an unknown number. */
export interface RowCount {
  readonly known: number;
  readonly exact: boolean;
}

export function countRows(windows: Iterable<LineageWindow>): RowCount {
  let known = 0;
  let exact = true;
  for (const { rows } of windows) {
    known += rows ?? 0;
    exact &&= rows !== null;
  }
  return { known, exact };
}

/** `1 row`, `12,345 rows`, `at least 12,345 rows`. */
export function formatRowCount({ known, exact }: RowCount): string {
  if (exact) return pluralize(known, 'row');
  return known === 0 ? 'unknown number of rows' : `at least ${pluralize(known, 'row')}`;
}

export function countSeriesRows(series: readonly LineageSeries[]): RowCount {
  return countRows(series.flatMap(({ windows }) => windows));
}

/** The maximum gap within a range: no exchange closes longer between two regular sessions. */
const maxSessionGap: Duration = 5 * day;

/**
 * Merges consecutive windows of one series into ranges, newest first. Windows further apart than a long weekend stay separate;
 * the snapshots of a point table are merged whatever their distance.
 */
export function coalesceWindows({ dataset, windows }: LineageSeries): readonly WindowRange[] {
  const maxGap = tables[dataset].kind === 'span' ? maxSessionGap : Infinity;
  const groups: LineageWindow[][] = [];
  for (const window of windows) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (last?.state === window.state && window.start - last.end <= maxGap) group?.push(window);
    else groups.push([window]);
  }
  return groups.flatMap((group) => mergeWindows(group) ?? []).reverse();
}

function mergeWindows(group: readonly LineageWindow[]): WindowRange | null {
  const [first] = group;
  if (first === undefined) return null;
  const requests = new Set<RequestId>();
  const runs = new Set<RunId>();
  const upstream = new Set<RequestId>();
  let latest = first;
  for (const window of group) {
    requests.add(window.requestId);
    runs.add(window.runId);
    for (const id of window.upstream) upstream.add(id);
    if (window.requestedAt >= latest.requestedAt) latest = window;
  }
  return {
    start: first.start,
    end: group.at(-1)?.end ?? first.end,
    state: first.state,
    rows: countRows(group),
    windows: group.length,
    requests: requests.size,
    runs: runs.size,
    latest,
    upstream,
  };
}
