import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  TaskCancelledError,
  TimeoutStrategy,
  circuitBreaker,
  handleWhenResult,
  retry,
  timeout,
} from 'cockatiel';
import type { IBackoff, IRetryBackoffContext } from 'cockatiel';

import type { Clock } from '../core/clock.js';
import { interruptedCode } from '../core/failure.js';
import type { Failure } from '../core/failure.js';
import type { Outcome, Request } from '../core/request.js';
import type { Duration, Instant } from '../core/time.js';
import type { Provider } from './contract.js';
import { joinedWith } from '../core/joined-signals.js';

/** How a source's failures are met; the numbers come from the pipeline. */
export interface Resilience {
  readonly attempts: number;
  readonly delay: Duration;
  readonly maxDelay: Duration;
  /** How long one attempt may take. */
  readonly timeout: Duration;
  /** Failures in a row after which the source is left alone … */
  readonly threshold: number;
  /** … for this long. */
  readonly recovery: Duration;
  /** How often in a row the source may be left alone before it is given up. */
  readonly patience: number;
}

/** Asks for leave before each attempt; the answer lets go of what was held, and is null when the wait was broken off. */
export type Pace = (request: Request, signal: AbortSignal) => Promise<{ release(outcome: Outcome): void } | null>;

/** Told of what happens between the first attempt and the outcome. */
export interface ResilienceObserver {
  /** An attempt goes out now. */
  sending(request: Request): void;
  retried(request: Request, attempt: number, delay: Duration, failure: Failure): void;
  /** `until` tells how long the source is left alone when the breaker opens; null otherwise. */
  breakerChanged(state: 'open' | 'half-open' | 'closed', until: Instant | null): void;
}

const interrupted: Outcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: 'interrupted', code: interruptedCode },
};

/** Whether an outcome only says that we stopped waiting for it: nothing was learned about the source. */
export function isInterrupted(outcome: Outcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.code === interruptedCode;
}

/**
 * A provider that tries again, gives up on attempts that take too long, and leaves a failing source alone for a while. From
 * the outside in: wait while the source is left alone, retry, breaker, pacing, time-out. Every attempt is paced anew,
 * because every attempt is a request to the source.
 */
export function resilient(
  provider: Provider,
  resilience: Resilience,
  pace: Pace,
  clock: Clock,
  observer: ResilienceObserver,
): Provider {
  const isPassing = (value: unknown): boolean => isOutcome(value) && mayPass(value);
  // The library's breaker reads the wall clock; whether a pause is over is decided here, on the clock we were given.
  const breaker = circuitBreaker(handleWhenResult(isPassing), {
    halfOpenAfter: -Infinity,
    breaker: new ConsecutiveBreaker(resilience.threshold),
  });
  let pausedUntil = -Infinity;
  let pausesInARow = 0;
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) {
      pausedUntil = clock.now() + resilience.recovery;
      pausesInARow++;
      observer.breakerChanged('open', pausedUntil);
    }
    if (state === CircuitState.HalfOpen) observer.breakerChanged('half-open', null);
    if (state === CircuitState.Closed) {
      pausesInARow = 0;
      observer.breakerChanged('closed', null);
    }
  });
  const limit = timeout(resilience.timeout, TimeoutStrategy.Aggressive);
  // A source that cannot be used any more answers for all that still wait for their turn.
  const end = new AbortController();
  let ended: Outcome | null = null;
  const endWith = (outcome: Outcome): Outcome => {
    ended ??= outcome;
    end.abort();
    return outcome;
  };

  const attempt = async (request: Request, signal: AbortSignal): Promise<Outcome> => {
    const permit = ended === null ? await pace(request, joined(signal)) : null;
    if (permit === null) return ended ?? interrupted;
    observer.sending(request);
    let outcome: Outcome = interrupted;
    try {
      outcome = await limit.execute(({ signal: limited }) => provider.fetch(request, limited), signal);
    } catch (error) {
      if (!(error instanceof TaskCancelledError)) throw error;
      outcome = signal.aborted ? interrupted : timedOut(resilience.timeout);
    } finally {
      permit.release(outcome);
    }
    return outcome.kind === 'failure' && outcome.failure.kind === 'fatal' ? endWith(outcome) : outcome;
  };

  const joined = joinedWith(end.signal);

  const insist = (request: Request, signal: AbortSignal): Promise<Outcome> => {
    const retrying = retry(handleWhenResult(isPassing), {
      maxAttempts: resilience.attempts - 1,
      backoff: backoffOf(resilience),
    });
    retrying.onRetry((event) => {
      const failure = 'value' in event ? failureIn(event.value) : null;
      if (failure !== null) observer.retried(request, event.attempt, event.delay, failure);
    });
    return retrying.execute(() => {
      if (clock.now() < pausedUntil) throw new BrokenCircuitError();
      return breaker.execute(() => (signal.aborted ? interrupted : attempt(request, signal)), signal);
    }, signal);
  };

  const fetchPatiently = async (request: Request, signal: AbortSignal): Promise<Outcome> => {
    for (;;) {
      try {
        return await insist(request, signal);
      } catch (error) {
        if (signal.aborted) return interrupted;
        if (!(error instanceof BrokenCircuitError)) throw error;
        if (ended !== null) return ended;
        if (pausesInARow > resilience.patience) return endWith(givenUp(provider.name, resilience));
        await clock.sleepUntil(pausedUntil, signal).catch(() => undefined);
      }
    }
  };

  return {
    name: provider.name,
    open: (signal) => provider.open(signal),
    close: () => provider.close(),
    // The back-off between attempts cannot be woken, so an interrupted request does not wait for it.
    fetch: (request, signal) =>
      signal.aborted ? Promise.resolve(interrupted) : untilAborted(fetchPatiently(request, signal), signal),
  };
}

function untilAborted(work: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve(interrupted);
    };
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

/** Failures that may be gone the next time. */
function mayPass(outcome: Outcome): boolean {
  if (outcome.kind !== 'failure' || isInterrupted(outcome)) return false;
  return outcome.failure.kind === 'retryable' || outcome.failure.kind === 'pacing';
}

function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function failureIn(value: unknown): Failure | null {
  return isOutcome(value) && value.kind === 'failure' ? value.failure : null;
}

/** Grows with jitter, but never shorter than what the source itself asked for. */
function backoffOf({ delay, maxDelay }: Resilience): DelegateBackoff<IRetryBackoffContext<unknown>, IBackoff<unknown>> {
  const exponential = new ExponentialBackoff({ initialDelay: delay, maxDelay });
  return new DelegateBackoff((context, state) => {
    const next = state === undefined ? exponential.next() : state.next(undefined);
    const failure = 'value' in context.result ? failureIn(context.result.value) : null;
    const asked = failure !== null && 'retryAfter' in failure ? (failure.retryAfter ?? 0) : 0;
    return { delay: Math.ceil(Math.max(next.duration, asked)), state: next };
  });
}

function timedOut(limit: Duration): Outcome {
  return {
    kind: 'failure',
    failure: { kind: 'retryable', code: 'timeout', message: `no answer within ${String(limit / 1000)} s` },
  };
}

function givenUp(name: string, { threshold, patience }: Resilience): Outcome {
  const message = `${name} failed ${String(threshold)} times in a row and did not recover in ${String(patience)} pauses`;
  return { kind: 'failure', failure: { kind: 'fatal', code: 'circuit-open', message } };
}
