import {
  DelegateBackoff,
  ExponentialBackoff,
  TaskCancelledError,
  TimeoutStrategy,
  handleWhenResult,
  retry,
  timeout,
} from 'cockatiel';
import type { IBackoff, IRetryBackoffContext } from 'cockatiel';

import type { Clock } from '../../core/time/clock.js';
import { interruptedCode, circuitOpenCode } from '../../core/failure.js';
import type { Failure } from '../../core/failure.js';
import { combineSignals } from '../../platform/combine-signals.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import { formatInstantSeconds } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { Breakers, BreakerSnapshot, AttemptResult } from './circuit-breakers.js';
import type { Provider } from '../provider.js';

/** How a source's failures are met; the numbers come from the pipeline. */
export interface ResilienceOptions {
  readonly attempts: number;
  readonly delay: Duration;
  readonly maxDelay: Duration;
  /** How long one attempt may take. */
  readonly timeout: Duration;
  /** How often in a row the source may be left alone before it is given up. */
  readonly maxSourcePauses: number;
}

/** Asks for leave before each attempt; the answer lets go of what was held, and is null when the wait was broken off. */
export type AcquirePermit = (
  request: Request,
  signal: AbortSignal,
) => Promise<{ release(outcome: FetchOutcome): void } | null>;

/** Told of what happens between the first attempt and the outcome. */
export interface ResilienceObserver {
  /** An attempt goes out now. */
  onSend(request: Request): void;
  onRetry(request: Request, attempt: number, delay: Duration, failure: Failure): void;
}

const interruptedOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: 'interrupted', code: interruptedCode },
};

/** Whether an outcome only says that we stopped waiting for it: nothing was learned about the source. */
export function isInterrupted(outcome: FetchOutcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.code === interruptedCode;
}

/** What an attempt comes to that was not made because the source is left alone; never leaves this file. */
const sourceCircuitOpenOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: '', code: circuitOpenCode },
};

/**
 * A provider that tries again, gives up on attempts that take too long, and leaves alone for a while what keeps failing. From
 * the outside in: wait while the source is left alone, retry, breakers, pacing, time-out. Every attempt is paced anew,
 * because every attempt is a request to the source. A source that is left alone is waited for; a symbol is not, because the
 * others can do without it.
 */
export function withResilience(
  provider: Provider,
  options: ResilienceOptions,
  breakers: Breakers,
  acquirePermit: AcquirePermit,
  clock: Clock,
  observer: ResilienceObserver,
): Provider {
  const shouldRetry = (value: unknown): boolean => isOutcome(value) && isTransient(value);
  const timeoutPolicy = timeout(options.timeout, TimeoutStrategy.Aggressive);
  // A source that cannot be used any more answers for all that still wait for their turn.
  const termination = new AbortController();
  let finalOutcome: FetchOutcome | null = null;
  const terminateWith = (outcome: FetchOutcome): FetchOutcome => {
    finalOutcome ??= outcome;
    termination.abort();
    return outcome;
  };

  const attempt = async (request: Request, signal: AbortSignal): Promise<FetchOutcome> => {
    const permit = finalOutcome === null ? await acquirePermit(request, withTermination(signal)) : null;
    if (permit === null) return finalOutcome ?? interruptedOutcome;
    observer.onSend(request);
    let outcome: FetchOutcome = interruptedOutcome;
    try {
      outcome = await timeoutPolicy.execute(
        ({ signal: attemptSignal }) => provider.fetch(request, attemptSignal),
        signal,
      );
    } catch (error) {
      if (!(error instanceof TaskCancelledError)) throw error;
      outcome = signal.aborted ? interruptedOutcome : timeoutOutcome(options.timeout);
    } finally {
      permit.release(outcome);
    }
    return outcome.kind === 'failure' && outcome.failure.kind === 'fatal' ? terminateWith(outcome) : outcome;
  };

  const withTermination = combineSignals(termination.signal);

  const fetchWithRetry = async (request: Request, signal: AbortSignal): Promise<FetchOutcome> => {
    const attemptOutcomes: FetchOutcome[] = [];
    const retryPolicy = retry(handleWhenResult(shouldRetry), {
      maxAttempts: options.attempts - 1,
      backoff: createBackoff(options),
    });
    retryPolicy.onRetry((event) => {
      const failure = 'value' in event ? getFailure(event.value) : null;
      if (failure !== null) observer.onRetry(request, event.attempt, event.delay, failure);
    });
    const outcome = await retryPolicy.execute(async () => {
      const result = await fetchThroughBreaker(request, signal);
      if (!isSymbolCircuitOpen(result)) attemptOutcomes.push(result);
      return result;
    }, signal);
    // What made the breaker open says more than that it is open.
    return isSymbolCircuitOpen(outcome) ? (attemptOutcomes.at(-1) ?? outcome) : outcome;
  };

  const fetchThroughBreaker = async (request: Request, signal: AbortSignal): Promise<FetchOutcome> => {
    const { symbol } = request.series.instrument;
    for (;;) {
      if (signal.aborted) return interruptedOutcome;
      const admission = breakers.admit(symbol);
      if (admission.kind === 'open') {
        return admission.state.symbol === null
          ? sourceCircuitOpenOutcome
          : symbolCircuitOpenOutcome(provider.name, admission.state);
      }
      if (admission.kind === 'trial') {
        await admission.done;
        continue;
      }
      let attemptResult: AttemptResult = 'none';
      try {
        const outcome = await attempt(request, signal);
        attemptResult = classifyOutcome(outcome);
        return outcome;
      } finally {
        admission.report(attemptResult);
      }
    }
  };

  const fetchWaitingForSource = async (request: Request, signal: AbortSignal): Promise<FetchOutcome> => {
    for (;;) {
      const outcome = await fetchWithRetry(request, signal).catch((error: unknown) => {
        if (signal.aborted) return interruptedOutcome;
        throw error;
      });
      if (outcome !== sourceCircuitOpenOutcome) return outcome;
      if (finalOutcome !== null) return finalOutcome;
      const state = breakers.sourceSnapshot();
      const { openCount, openUntil } = state;
      if (openCount > options.maxSourcePauses) return terminateWith(sourceUnavailableOutcome(provider.name, state));
      if (openUntil !== null) await clock.sleepUntil(openUntil, signal).catch(() => undefined);
      if (signal.aborted) return interruptedOutcome;
    }
  };

  return {
    name: provider.name,
    open: (signal) => provider.open(signal),
    close: () => provider.close(),
    // The back-off between attempts cannot be woken, so an interrupted request does not wait for it.
    fetch: (request, signal) =>
      signal.aborted
        ? Promise.resolve(interruptedOutcome)
        : untilAborted(fetchWaitingForSource(request, signal), signal),
  };
}

function untilAborted(work: Promise<FetchOutcome>, signal: AbortSignal): Promise<FetchOutcome> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      resolve(interruptedOutcome);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function isSymbolCircuitOpen(outcome: FetchOutcome): boolean {
  return outcome !== sourceCircuitOpenOutcome && outcome.kind === 'failure' && outcome.failure.code === circuitOpenCode;
}

/** Failures that may be gone the next time. */
function isTransient(outcome: FetchOutcome): boolean {
  const attemptResult = classifyOutcome(outcome);
  return attemptResult === 'symbol-failed' || attemptResult === 'source-failed';
}

function classifyOutcome(outcome: FetchOutcome): AttemptResult {
  if (outcome.kind !== 'failure') return 'answered';
  const { kind, code } = outcome.failure;
  switch (kind) {
    case 'retryable':
      return code === interruptedCode || code === circuitOpenCode ? 'none' : 'symbol-failed';
    case 'pacing':
      return 'source-failed';
    case 'fatal':
      return 'none';
    case 'denied':
    case 'lost':
    case 'invalid':
      // A definite word is a sign of health.
      return 'answered';
  }
}

function isOutcome(value: unknown): value is FetchOutcome {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function getFailure(value: unknown): Failure | null {
  return isOutcome(value) && value.kind === 'failure' ? value.failure : null;
}

/** Grows with jitter, but never shorter than what the source itself asked for. */
function createBackoff({
  delay,
  maxDelay,
}: ResilienceOptions): DelegateBackoff<IRetryBackoffContext<unknown>, IBackoff<unknown>> {
  const exponentialBackoff = new ExponentialBackoff({ initialDelay: delay, maxDelay });
  return new DelegateBackoff((context, state) => {
    const next = state === undefined ? exponentialBackoff.next() : state.next(undefined);
    const failure = 'value' in context.result ? getFailure(context.result.value) : null;
    const requestedDelay = failure !== null && 'retryAfter' in failure ? (failure.retryAfter ?? 0) : 0;
    return { delay: Math.ceil(Math.max(next.duration, requestedDelay)), state: next };
  });
}

function timeoutOutcome(limit: Duration): FetchOutcome {
  return {
    kind: 'failure',
    failure: { kind: 'retryable', code: 'timeout', message: `no answer within ${String(limit / 1000)} s` },
  };
}

function sourceUnavailableOutcome(name: string, { failures, openCount }: BreakerSnapshot): FetchOutcome {
  const message = `${name} failed ${String(failures)} times in a row and did not recover in ${pluralize(openCount - 1, 'pause')}`;
  return { kind: 'failure', failure: { kind: 'fatal', code: 'circuit-open', message } };
}

function symbolCircuitOpenOutcome(name: string, { symbol, failures, openUntil }: BreakerSnapshot): FetchOutcome {
  const until = openUntil === null ? '' : ` until ${formatInstantSeconds(openUntil)}`;
  const message = `${name} failed ${String(failures)} times in a row for ${symbol ?? name}, which is left alone${until}`;
  return { kind: 'failure', failure: { kind: 'retryable', code: circuitOpenCode, message } };
}
