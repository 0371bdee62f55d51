import type { FetchResult } from '../../core/fetch-result.js';
import type { FetchOutcome, RequestId } from '../../core/request.js';
import type { Rows } from '../../core/tables/rows.js';
import type { Series } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';

/** Computes the columns and tables that no provider supplies. */
export interface Deriver {
  /** Fills in the model columns of an answer before it is stored. Never throws. */
  evaluate(series: Series, rows: Rows | null, at: Instant): Rows | null;
  /** Records a stored answer for later computations. */
  record(result: FetchResult): void;
  /** Computes the answer to a request for a computed table. Rejects only when the lake cannot be read. */
  compute(series: Series, at: Instant): Promise<Derivation>;
}

/** A computed outcome, and the requests whose answers it uses. */
export interface Derivation {
  readonly outcome: FetchOutcome;
  readonly upstream: readonly RequestId[];
}
