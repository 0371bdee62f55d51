import type { Delivery } from '../core/delivery.js';
import type { Outcome, RequestId } from '../core/request.js';
import type { Rows } from '../core/rows.js';
import type { Series } from '../core/series.js';
import type { Instant } from '../core/time.js';

/** What a run computes itself: nothing of it is asked of a source. */
export interface Computing {
  /** What an answer becomes before it is stored: the columns of our own model are filled in. Never throws. */
  evaluate(series: Series, rows: Rows | null, at: Instant): Rows | null;
  /** Takes note of what was stored, for what is computed from it later. */
  learn(delivery: Delivery): void;
  /** Answers a request for a table that is computed. Rejects only when the lake cannot be read. */
  compute(series: Series, at: Instant): Promise<Computed>;
}

/** What was computed, and the requests whose answers it was computed from. */
export interface Computed {
  readonly outcome: Outcome;
  readonly upstream: readonly RequestId[];
}
