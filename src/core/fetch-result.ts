import type { EncodedLacks } from './answer-lacks.js';
import type { CoverageState } from './coverage.js';
import type { RequestId, RunId } from './request.js';
import type { Rows } from './tables/rows.js';
import type { Series } from './series.js';
import type { Instant, LocalDate } from './time/time.js';
import type { Window } from './time/window.js';

/** The result of one answered or finally failed request: its rows and the windows that it closes. */
export interface FetchResult {
  readonly requestId: RequestId;
  readonly series: Series;
  /** The step of the pipeline that made the request. */
  readonly step: string;
  readonly requestedAt: Instant;
  /** For a point table, the `as_of` of the rows. */
  readonly answeredAt: Instant;
  /** Requests whose results this request was derived from: the contract and the chain that list an option. */
  readonly upstream: readonly RequestId[];
  /** The id of the instrument at the provider; absent if no contract was known when the request was sent. */
  readonly contract?: KnownId;
  /**
   * Disjoint windows with their new state; a point closes `[answeredAt, answeredAt + 1)`. Where the state is `data`,
   * `empty` or `provisional`, the rows below replace all stored rows of that series and window.
   */
  readonly closedWindows: readonly ClosedWindow[];
  /** Only rows inside the closed windows; null if there are none. */
  readonly rows: Rows | null;
}

/** An id of an instrument, by the latest contract that the provider had answered. */
export interface KnownId {
  readonly conId: number;
  /** The day of that answer (UTC): a provider may give an id to another instrument later. */
  readonly date: LocalDate;
}

/** One window that a result closes. */
export interface ClosedWindow {
  readonly window: Window;
  readonly state: CoverageState;
  readonly rows: number;
  readonly reason?: string;
  /** As in `CoverageFact`. */
  readonly emptyAnswers?: number;
  /** As in `CoverageFact`. */
  readonly lacks?: EncodedLacks;
}

/** Identifies the writer of a commit, and thereby the origin of every row. */
export interface CommitInfo {
  readonly runId: RunId;
  readonly pipeline: {
    readonly name: string;
    /** Null if the commit belongs to no pipeline, or to one whose definition is not known. */
    readonly hash: string | null;
  };
}
