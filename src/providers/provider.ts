import type { Failure } from '../core/failure.js';
import type { CallParameters, FetchOutcome, Request, RequestId } from '../core/request.js';
import type { Result } from '../core/result.js';
import type { ProviderName } from '../core/series.js';
import type { Duration } from '../core/time/time.js';

/** The calls to the source that one request takes, as pacing sees them. */
export interface SourceCalls {
  /** Aborts when nothing more may be sent; calls in flight may end. */
  readonly stopping: AbortSignal;
  /**
   * Reports that the bytes of a call have left. Budgets count the call from then on, or from the end of the request if the
   * adapter does not report it; before, it counts as if it might leave at any time.
   */
  sent(): void;
  /**
   * Waits until the budgets allow one more call for the same request, which then leaves as the first did. Returns false if
   * the request was cancelled meanwhile. `part` distinguishes the call from the others of the request.
   */
  next(part: string): Promise<boolean>;
  /** Records what a call asks the source; adapters call it before they send, where it exists. */
  readonly describe?: (parameters: CallParameters) => void;
}

/** The calls of a request that no budget limits. */
export const unpacedCalls: SourceCalls = {
  stopping: new AbortController().signal,
  sent: () => undefined,
  next: () => Promise.resolve(true),
};

/** Identity and signals of one call of `fetch`. */
export interface FetchContext {
  readonly id: RequestId;
  /** Cancels the call. */
  readonly signal: AbortSignal;
  readonly calls: SourceCalls;
  /** Reports that an attempt begins: its budgets are free. The decorators call it, and adapters do not. */
  onSend(): void;
  /** Reports that an attempt failed and is repeated after `delay`; `attempt` counts from 1. */
  onRetry(attempt: number, delay: Duration, failure: Failure): void;
}

/**
 * A source of market data.
 *
 * Implementations translate one request into the protocol of the source and its response into rows. They do not retry, pace,
 * time out or keep state between runs: decorators around this interface do that, the same for every provider.
 */
export interface Provider {
  readonly name: ProviderName;

  /** The accounts that the source has named since it was opened; absent if it names none. */
  readonly getAccounts?: () => readonly string[];

  /**
   * Connects and logs in. Called once before the first `fetch`. The failure is `fatal` if the source cannot be used now.
   * Never throws for anything that the source does.
   */
  open(signal: AbortSignal): Promise<Result<void, Failure>>;

  /**
   * Sends one request. Never throws for anything that the source does: every such event is an outcome.
   *
   * - Rows are sorted by time and lie in the requested window; `answeredWindow` is the part of the window that the response
   *   covers. A truncated response has a shorter `answeredWindow` or is a retryable failure; it never claims the whole window.
   * - `empty` only if the source itself reported that there is no data.
   * - When the signal aborts, the request is cancelled at the source if the protocol allows it, and the promise resolves soon
   *   with a retryable failure; an incomplete response is never returned as a complete one.
   *
   * May be called while earlier calls are in flight, up to `limits.maxConcurrency` of them.
   */
  fetch(request: Request, context: FetchContext): Promise<FetchOutcome>;

  /** Ends every subscription, socket and timer. Safe to call twice. */
  close(): Promise<void>;
}
