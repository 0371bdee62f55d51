import type { Failure } from '../core/failure.js';
import type { FetchOutcome, Request } from '../core/request.js';
import type { ProviderName } from '../core/series.js';

/**
 * A source of market data.
 *
 * Implementations translate one request into the source's words and its answer into rows; they do not retry, pace, time
 * out or remember. Those are decorators around this interface, the same for every source.
 */
export interface Provider {
  readonly name: ProviderName;

  /**
   * Makes the source ready to be asked: connects, logs in. Called once before the first `fetch`. Answers with a failure,
   * `fatal` when nothing can be had from this source now; never throws for anything the source does.
   */
  open(signal: AbortSignal): Promise<Failure | null>;

  /**
   * Asks once. Never throws for anything the source does: every such thing is an outcome.
   *
   * - Rows come sorted by time and lie in the window asked for; `answered` tells how much of the window the source spoke
   *   about. An answer that was cut short is either a shorter `answered` or a retryable failure, never a full one.
   * - `empty` only when the source itself said that there is nothing.
   * - When the signal aborts, the source is told to stop if it can be, and the promise settles soon with a retryable
   *   failure; a half-received answer is not returned as whole.
   *
   * May be called again while earlier calls are under way, up to `limits.concurrency` of them.
   */
  fetch(request: Request, signal: AbortSignal): Promise<FetchOutcome>;

  /** Leaves nothing open at the source: no subscription, no socket, no timer. Safe to call twice. */
  close(): Promise<void>;
}
