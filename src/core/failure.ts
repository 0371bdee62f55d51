import type { Duration } from './time/time.js';

/**
 * Reasons why a request brought no rows. Every provider maps its own error codes to these in one table; no other module
 * knows the codes of a provider.
 */
export type Failure =
  /** A retry may succeed: timeout, dropped connection, server error, truncated answer. */
  | { readonly kind: 'retryable'; readonly message: string; readonly code?: string; readonly retryAfter?: Duration }
  /** The request rate was too high: the budget must pause. */
  | { readonly kind: 'pacing'; readonly message: string; readonly code?: string; readonly retryAfter?: Duration }
  /** No permission: not requested again until the user asks for it. */
  | { readonly kind: 'denied'; readonly message: string; readonly code?: string }
  /** The provider no longer has the data: expired contract, beyond its history. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly code?: string }
  /** The request is wrong or names something unknown to the provider; a retry changes nothing. */
  | { readonly kind: 'invalid'; readonly message: string; readonly code?: string }
  /** The provider cannot be used at all: unreachable, credentials rejected. Stops every step that needs it. */
  | {
      readonly kind: 'fatal';
      readonly message: string;
      readonly code?: string;
      /** The next step for the user. */
      readonly hint?: string;
    };

/**
 * The code of a retryable failure that this program caused by aborting the request; it says nothing about the provider.
 */
export const interruptedCode = 'interrupted';

/** The code of a retryable failure without a request: the symbol's circuit is open. */
export const circuitOpenCode = 'circuit-open';

export type FailureKind = Failure['kind'];
