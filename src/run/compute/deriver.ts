import type { FetchResult } from '../../core/fetch-result.js';
import type { FetchOutcome, RequestId } from '../../core/request.js';
import type { Rows } from '../../core/tables/rows.js';
import type { Series } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';

/** What a run computes itself: nothing of it is asked of a source. */
export interface Deriver {
  /** What an answer becomes before it is stored: the columns of our own model are filled in. Never throws. */
  evaluate(series: Series, rows: Rows | null, at: Instant): Rows | null;
  /** Takes note of what was stored, for what is computed from it later. */
  record(result: FetchResult): void;
  /** Answers a request for a table that is computed. Rejects only when the lake cannot be read. */
  compute(series: Series, at: Instant): Promise<Derivation>;
}

/** What was computed, and the requests whose answers it was computed from. */
export interface Derivation {
  readonly outcome: FetchOutcome;
  readonly upstream: readonly RequestId[];
}
