import type { CoverageState } from '../core/coverage.js';
import type { RequestId, RunId } from '../core/request.js';
import type { Window } from '../core/window.js';
import type { LineageWindow } from './answer.js';

/** Windows of one series that follow each other in the same state, as one. */
export interface Stretch extends Window {
  readonly state: CoverageState;
  /** Null where the rows of a part of it are not known. */
  readonly rows: number | null;
  readonly windows: number;
  readonly requests: number;
  readonly runs: number;
  /** The one asked for last. */
  readonly latest: LineageWindow;
  readonly upstream: ReadonlySet<RequestId>;
}

/** Windows in order of time as stretches, newest first. */
export function stretchesOf(windows: readonly LineageWindow[]): readonly Stretch[] {
  const groups: LineageWindow[][] = [];
  for (const window of windows) {
    const group = groups.at(-1);
    if (group?.[0]?.state === window.state) group.push(window);
    else groups.push([window]);
  }
  return groups.flatMap((group) => stretchOf(group) ?? []).reverse();
}

function stretchOf(group: readonly LineageWindow[]): Stretch | null {
  const [first] = group;
  if (first === undefined) return null;
  const requests = new Set<RequestId>();
  const runs = new Set<RunId>();
  const upstream = new Set<RequestId>();
  let rows: number | null = 0;
  let latest = first;
  for (const window of group) {
    requests.add(window.requestId);
    runs.add(window.runId);
    for (const id of window.upstream) upstream.add(id);
    rows = rows === null || window.rows === null ? null : rows + window.rows;
    if (window.requestedAt >= latest.requestedAt) latest = window;
  }
  return {
    start: first.start,
    end: group.at(-1)?.end ?? first.end,
    state: first.state,
    rows,
    windows: group.length,
    requests: requests.size,
    runs: runs.size,
    latest,
    upstream,
  };
}
