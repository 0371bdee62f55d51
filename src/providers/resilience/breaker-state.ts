import type { Instant } from '../../core/time/time.js';

/** Attempts in a row that failed; they go on counting while the circuit is open. */
interface Failures {
  readonly failures: number;
  /** The message of the first one: later ones are often its consequences. Absent if it is unknown. */
  readonly cause?: string;
}

/** The state of one circuit breaker. */
export type BreakerState =
  | ({ readonly state: 'closed' } & Failures)
  | ({
      readonly state: 'open';
      /** The end of the cooldown: the next attempt after it is the probe. */
      readonly until: Instant;
      /** Counts openings since the circuit was last closed. */
      readonly openCount: number;
    } & Failures)
  | ({
      readonly state: 'half-open';
      /** The end of the cooldown that preceded the probe. */
      readonly until: Instant;
      readonly openCount: number;
      /** Resolves when the probe ends. */
      readonly probeEnded: Promise<void>;
    } & Failures);

export const closedBreaker: BreakerState = { state: 'closed', failures: 0 };

/** Counts one more failed attempt; the owner of the breaker decides whether the circuit opens. */
export function recordFailure(breaker: BreakerState, message: string | undefined): BreakerState {
  const cause = breaker.failures === 0 ? message : breaker.cause;
  return { ...breaker, failures: breaker.failures + 1, ...(cause === undefined ? {} : { cause }) };
}

/** Subtracts failures that turned out to have another cause. */
export function forgetFailures(breaker: BreakerState, count: number): BreakerState {
  return { ...breaker, failures: breaker.failures - count };
}

export function openBreaker(breaker: BreakerState, until: Instant): BreakerState {
  const openCount = breaker.state === 'closed' ? 1 : breaker.openCount + 1;
  return { state: 'open', ...getFailures(breaker), until, openCount };
}

/** Lets one attempt through an open circuit; other states are unchanged. */
export function beginProbe(breaker: BreakerState, probeEnded: Promise<void>): BreakerState {
  return breaker.state === 'open' ? { ...breaker, state: 'half-open', probeEnded } : breaker;
}

/** Returns a half-open circuit to open, past its cooldown: without a verdict the next attempt is a probe again. */
export function endProbe(breaker: BreakerState): BreakerState {
  if (breaker.state !== 'half-open') return breaker;
  const { until, openCount } = breaker;
  return { state: 'open', ...getFailures(breaker), until, openCount };
}

/** Restores a breaker from the values that an earlier run saved. */
export function restoreBreaker(
  { failures, cause }: Failures,
  openUntil: Instant | null,
  openCount: number,
): BreakerState {
  const known = cause === undefined ? { failures } : { failures, cause };
  return openUntil === null ? { state: 'closed', ...known } : { state: 'open', ...known, until: openUntil, openCount };
}

function getFailures({ failures, cause }: BreakerState): Failures {
  return cause === undefined ? { failures } : { failures, cause };
}
