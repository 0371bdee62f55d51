import type { Duration } from './time/time.js';

/**
 * Why a request did not bring rows. Every provider maps its own codes onto these in one table; nothing else in the house
 * knows a provider's codes.
 */
export type Failure =
  /** May work when tried again: timeout, dropped connection, server error, truncated answer. */
  | { readonly kind: 'retryable'; readonly message: string; readonly code?: string; readonly retryAfter?: Duration }
  /** Asked too fast: hold the budget. */
  | { readonly kind: 'pacing'; readonly message: string; readonly code?: string; readonly retryAfter?: Duration }
  /** No permission: do not ask again until the user says so. */
  | { readonly kind: 'denied'; readonly message: string; readonly code?: string }
  /** Can no longer be had: expired contract, beyond the source's history. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly code?: string }
  /** Our request is wrong, or names something that does not exist; asking again changes nothing. */
  | { readonly kind: 'invalid'; readonly message: string; readonly code?: string }
  /** The source cannot be used at all: unreachable, credentials refused. Stops everything that needs it. */
  | {
      readonly kind: 'fatal';
      readonly message: string;
      readonly code?: string;
      /** What a user can do about it, where the source knows. */
      readonly hint?: string;
    };

/** The code of a retryable failure that only says that we stopped waiting: nothing was learned about the source. */
export const interruptedCode = 'interrupted';

/** The code of a retryable failure for which nobody was asked, because the symbol failed too often lately. */
export const circuitOpenCode = 'circuit-open';

export type FailureKind = Failure['kind'];
