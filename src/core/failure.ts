import type { Duration } from './time/time.js';

interface FailureDetails {
  /** Names the provider's own code, if there is one: `IB error 354: …`, see `formatProviderError`. */
  readonly message: string;
  /** Identifies the failure for programs: a code of the provider, or a word of this program such as `timeout`. */
  readonly code?: string;
  /** The next step for the user, if the general advice for this kind of failure does not fit. */
  readonly hint?: string;
}

interface DelayedFailureDetails extends FailureDetails {
  /** The provider asks for this delay before the next attempt. */
  readonly retryAfter?: Duration;
  /** The failure that a request waited to repeat when it was interrupted or its time was over. */
  readonly cause?: string;
}

/**
 * Reasons why a request brought no rows. Every provider maps its own error codes to these in one table; no other module
 * knows the codes of a provider.
 */
export type Failure =
  /** A retry may succeed: timeout, dropped connection, server error, truncated answer. */
  | ({ readonly kind: 'retryable' } & DelayedFailureDetails)
  /** The provider accepts no requests for a while: the request rate was too high, or another session has priority. */
  | ({ readonly kind: 'pacing' } & DelayedFailureDetails)
  /** No permission: not requested again until the user asks for it. */
  | ({ readonly kind: 'denied' } & FailureDetails)
  /** The provider no longer has the data: expired contract, beyond its history. */
  | ({ readonly kind: 'unavailable' } & FailureDetails)
  /** The request is wrong or names something unknown to the provider; a retry changes nothing. */
  | ({ readonly kind: 'invalid' } & FailureDetails)
  /** The provider cannot be used at all: unreachable, credentials rejected. Stops every step that needs it. */
  | ({ readonly kind: 'fatal' } & FailureDetails);

/**
 * The code of a retryable failure that this program caused by aborting the request; it says nothing about the provider.
 */
export const interruptedCode = 'interrupted';

/** The code of a retryable failure without a request: the symbol's circuit is open. */
export const circuitOpenCode = 'circuit-open';

export type FailureKind = Failure['kind'];

/**
 * Formats an error of a provider for people: `IB error 354: …`, `Kite TokenException: …`. Failures carry this text as their
 * message, so that screen, report, log, facts and alerts show the code by which the provider's documentation explains it.
 */
export function formatProviderError(source: 'IB error' | 'IB message' | 'Kite', code: string, text: string): string {
  const name = `${source} ${code}`;
  const detail = text.trim();
  return detail === '' || detail === code ? name : `${name}: ${detail}`;
}
