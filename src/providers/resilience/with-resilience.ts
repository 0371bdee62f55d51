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
import { untilAborted } from '../../platform/until-aborted.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import { formatInstantSeconds } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { Breakers, BreakerSnapshot, AttemptResult } from './circuit-breakers.js';
import type { FetchContext, Provider } from '../provider.js';

/** Limits of retries, timeouts and waits; the numbers come from the pipeline. */
export interface ResilienceOptions {
  /** Attempts per request, the first included. */
  readonly attempts: number;
  readonly delay: Duration;
  readonly maxDelay: Duration;
  /** The limit of one attempt. */
  readonly timeout: Duration;
  /** Cooldowns in a row that requests wait for before the provider counts as unavailable. */
  readonly maxSourcePauses: number;
}

/** Waits until an attempt may be sent; null if the wait was cancelled. The holder of a permit releases it once. */
export type AcquirePermit = (
  request: Request,
  signal: AbortSignal,
) => Promise<{ release(outcome: FetchOutcome): void } | null>;

const interruptedOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: 'interrupted', code: interruptedCode },
};

/**
 * Returns whether an outcome only means that the caller stopped waiting, so that it says nothing about the provider.
 */
export function isInterrupted(outcome: FetchOutcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.code === interruptedCode;
}

/** Stands for an attempt that was not sent because the provider's circuit is open; never leaves this file. */
const providerCircuitOpenOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: '', code: circuitOpenCode },
};

/**
 * Adds retries, timeouts, circuit breakers and pacing to a provider. From the outside in: wait while the provider's circuit
 * is open, retry, breakers, pacing, timeout. Every attempt is paced, because each is a request to the provider. Requests wait
 * for an open circuit of the provider, but fail at once on that of a symbol: the others can do without it.
 */
export function withResilience(
  provider: Provider,
  options: ResilienceOptions,
  breakers: Breakers,
  acquirePermit: AcquirePermit,
  clock: Clock,
): Provider {
  const timeoutPolicy = timeout(options.timeout, TimeoutStrategy.Aggressive);
  // A fatal outcome ends every request that still waits for its turn.
  const termination = new AbortController();
  const withTermination = combineSignals(termination.signal);
  let finalOutcome: FetchOutcome | null = null;
  const terminateWith = (outcome: FetchOutcome): FetchOutcome => {
    finalOutcome ??= outcome;
    termination.abort();
    return outcome;
  };

  const attempt = async (request: Request, context: FetchContext): Promise<FetchOutcome> => {
    const { signal } = context;
    const permit = finalOutcome === null ? await acquirePermit(request, withTermination(signal)) : null;
    if (permit === null) return finalOutcome ?? interruptedOutcome;
    context.onSend();
    let outcome: FetchOutcome = interruptedOutcome;
    try {
      outcome = await timeoutPolicy.execute(
        ({ signal: attemptSignal }) => provider.fetch(request, { ...context, signal: attemptSignal }),
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

  const fetchThroughBreaker = async (request: Request, context: FetchContext): Promise<FetchOutcome> => {
    const { symbol } = request.series.instrument;
    for (;;) {
      if (context.signal.aborted) return interruptedOutcome;
      const admission = breakers.admit(symbol);
      if (admission.kind === 'open') {
        return admission.breaker.symbol === null
          ? providerCircuitOpenOutcome
          : symbolCircuitOpenOutcome(provider.name, symbol, admission.breaker.failures, admission.until);
      }
      if (admission.kind === 'probing') {
        await admission.done;
        continue;
      }
      let attemptResult: AttemptResult = 'inconclusive';
      try {
        const outcome = await attempt(request, context);
        attemptResult = classifyOutcome(outcome);
        return outcome;
      } finally {
        admission.report(attemptResult);
      }
    }
  };

  const fetchWithRetry = async (request: Request, context: FetchContext): Promise<FetchOutcome> => {
    // cockatiel passes results as `unknown`; the policies of this request read the latest one here, where it has its type.
    let latest: FetchOutcome = interruptedOutcome;
    const sent: FetchOutcome[] = [];
    const retryPolicy = retry(
      handleWhenResult(() => isTransient(latest)),
      { maxAttempts: options.attempts - 1, backoff: createBackoff(options, () => getRequestedDelay(latest)) },
    );
    retryPolicy.onRetry(({ attempt: number, delay }) => {
      if (latest.kind === 'failure') context.onRetry(number, delay, latest.failure);
    });
    const outcome = await retryPolicy.execute(async () => {
      latest = await fetchThroughBreaker(request, context);
      if (!isSymbolCircuitOpen(latest)) sent.push(latest);
      return latest;
    }, context.signal);
    // The failure that opened the circuit says more than that the circuit is open.
    return isSymbolCircuitOpen(outcome) ? (sent.at(-1) ?? outcome) : outcome;
  };

  const fetchWaitingForSource = async (request: Request, context: FetchContext): Promise<FetchOutcome> => {
    const { signal } = context;
    for (;;) {
      const outcome = await fetchWithRetry(request, context).catch((error: unknown) => {
        if (signal.aborted) return interruptedOutcome;
        throw error;
      });
      if (outcome !== providerCircuitOpenOutcome) return outcome;
      if (finalOutcome !== null) return finalOutcome;
      const breaker = breakers.providerSnapshot();
      if (breaker.openCount > options.maxSourcePauses)
        return terminateWith(providerUnavailableOutcome(provider.name, breaker));
      if (breaker.openUntil !== null) await clock.sleepUntil(breaker.openUntil, signal).catch(() => undefined);
      if (signal.aborted) return interruptedOutcome;
    }
  };

  return {
    name: provider.name,
    open: (signal) => provider.open(signal),
    close: () => provider.close(),
    // The back-off between attempts cannot be cancelled, so an interrupted request does not wait for its end.
    fetch: async (request, context) => {
      if (context.signal.aborted) return interruptedOutcome;
      return (await untilAborted(fetchWaitingForSource(request, context), context.signal)) ?? interruptedOutcome;
    },
  };
}

function isSymbolCircuitOpen(outcome: FetchOutcome): boolean {
  return (
    outcome !== providerCircuitOpenOutcome && outcome.kind === 'failure' && outcome.failure.code === circuitOpenCode
  );
}

/** Returns whether another attempt may succeed. */
function isTransient(outcome: FetchOutcome): boolean {
  const attemptResult = classifyOutcome(outcome);
  return attemptResult === 'symbol-failed' || attemptResult === 'provider-failed';
}

function classifyOutcome(outcome: FetchOutcome): AttemptResult {
  if (outcome.kind !== 'failure') return 'answered';
  const { kind, code } = outcome.failure;
  switch (kind) {
    case 'retryable':
      return code === interruptedCode || code === circuitOpenCode ? 'inconclusive' : 'symbol-failed';
    case 'pacing':
      return 'provider-failed';
    case 'fatal':
      return 'inconclusive';
    case 'denied':
    case 'unavailable':
    case 'invalid':
      // A definite answer shows that the provider works.
      return 'answered';
  }
}

/** The delay that the provider asked for; 0 if it asked for none. */
function getRequestedDelay(outcome: FetchOutcome): Duration {
  return outcome.kind === 'failure' && 'retryAfter' in outcome.failure ? (outcome.failure.retryAfter ?? 0) : 0;
}

/** Grows exponentially with jitter, and is never shorter than what the provider asked for. */
function createBackoff(
  { delay, maxDelay }: ResilienceOptions,
  getMinDelay: () => Duration,
): DelegateBackoff<IRetryBackoffContext<unknown>, IBackoff<unknown>> {
  const exponentialBackoff = new ExponentialBackoff({ initialDelay: delay, maxDelay });
  return new DelegateBackoff((_context, state) => {
    const next = state === undefined ? exponentialBackoff.next() : state.next(undefined);
    return { delay: Math.ceil(Math.max(next.duration, getMinDelay())), state: next };
  });
}

function timeoutOutcome(limit: Duration): FetchOutcome {
  return {
    kind: 'failure',
    failure: { kind: 'retryable', code: 'timeout', message: `no response within ${String(limit / 1000)} s` },
  };
}

function providerUnavailableOutcome(name: string, { failures, openCount }: BreakerSnapshot): FetchOutcome {
  const pauses = pluralize(openCount - 1, 'pause');
  const message = `${name} failed ${String(failures)} times in a row and did not recover in ${pauses}`;
  return { kind: 'failure', failure: { kind: 'fatal', code: 'provider-unavailable', message } };
}

function symbolCircuitOpenOutcome(name: string, symbol: string, failures: number, until: Instant): FetchOutcome {
  const message = `circuit open for ${symbol} at ${name} until ${formatInstantSeconds(until)} after ${pluralize(failures, 'failure')} in a row`;
  const failure: Failure = { kind: 'retryable', code: circuitOpenCode, message };
  return { kind: 'failure', failure };
}
