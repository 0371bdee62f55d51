import type { CoverageState } from './coverage.js';
import type { RequestId, RunId } from './request.js';
import type { Rows } from './tables/rows.js';
import type { Series } from './series.js';
import type { Instant } from './time/time.js';
import type { Window } from './time/window.js';

/** What one answered (or finally failed) request means for the lake: rows, and the windows they settle. */
export interface FetchResult {
  readonly requestId: RequestId;
  readonly series: Series;
  /** The step of the pipeline that asked. */
  readonly step: string;
  readonly requestedAt: Instant;
  /** For a point table this is the rows' `as_of`. */
  readonly answeredAt: Instant;
  /** Requests whose answers led to this one: the contract and the chain an option was found in. */
  readonly upstream: readonly RequestId[];
  /**
   * Disjoint windows with their new state; a point settles `[answeredAt, answeredAt + 1)`. Where the state is `data`,
   * `empty` or `provisional`, the rows below replace whatever the lake held for that series and window.
   */
  readonly closedWindows: readonly ClosedWindow[];
  /** Only rows inside the settled windows; null when there are none. */
  readonly rows: Rows | null;
}

/** One window that a delivery settles. */
export interface ClosedWindow {
  readonly window: Window;
  readonly state: CoverageState;
  readonly rows: number;
  readonly reason?: string;
}

/** Who writes: goes into every commit, and so into the lineage of every row. */
export interface CommitInfo {
  readonly runId: RunId;
  readonly pipeline: { readonly name: string; readonly hash: string };
}
