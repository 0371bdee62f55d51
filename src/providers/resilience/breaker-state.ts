import type { Instant } from '../../core/time/time.js';

/** The state of one circuit breaker. Failures count attempts in a row and go on counting while the circuit is open. */
export type BreakerState =
  | { readonly state: 'closed'; readonly failures: number }
  | {
      readonly state: 'open';
      readonly failures: number;
      /** The end of the cooldown: the next attempt after it is the probe. */
      readonly until: Instant;
      /** Counts openings since the circuit was last closed. */
      readonly openCount: number;
    }
  | {
      readonly state: 'half-open';
      readonly failures: number;
      /** The end of the cooldown that preceded the probe. */
      readonly until: Instant;
      readonly openCount: number;
      /** Resolves when the probe ends. */
      readonly probeEnded: Promise<void>;
    };

export const closedBreaker: BreakerState = { state: 'closed', failures: 0 };

/** Counts one more failed attempt; the owner of the breaker decides whether the circuit opens. */
export function recordFailure(breaker: BreakerState): BreakerState {
  return { ...breaker, failures: breaker.failures + 1 };
}

/** Subtracts failures that turned out to have another cause. */
export function forgetFailures(breaker: BreakerState, count: number): BreakerState {
  return { ...breaker, failures: breaker.failures - count };
}

export function openBreaker(breaker: BreakerState, until: Instant): BreakerState {
  const openCount = breaker.state === 'closed' ? 1 : breaker.openCount + 1;
  return { state: 'open', failures: breaker.failures, until, openCount };
}

/** Lets one attempt through an open circuit; other states are unchanged. */
export function beginProbe(breaker: BreakerState, probeEnded: Promise<void>): BreakerState {
  return breaker.state === 'open' ? { ...breaker, state: 'half-open', probeEnded } : breaker;
}

/** Returns a half-open circuit to open, past its cooldown: without a verdict the next attempt is a probe again. */
export function endProbe(breaker: BreakerState): BreakerState {
  if (breaker.state !== 'half-open') return breaker;
  const { failures, until, openCount } = breaker;
  return { state: 'open', failures, until, openCount };
}

/** Restores a breaker from the values that an earlier run saved. */
export function restoreBreaker(failures: number, openUntil: Instant | null, openCount: number): BreakerState {
  return openUntil === null ? { state: 'closed', failures } : { state: 'open', failures, until: openUntil, openCount };
}
