import { ExponentialBackoff } from 'cockatiel';

import type { Clock } from '../../core/time/clock.js';
import { interruptedCode, circuitOpenCode } from '../../core/failure.js';
import type { Failure } from '../../core/failure.js';
import { combineSignals } from '../../platform/combine-signals.js';
import { untilAborted } from '../../platform/until-aborted.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { Breakers, BreakerSnapshot, AttemptResult } from './circuit-breakers.js';
import type { FetchContext, Provider, SourceCalls } from '../provider.js';
import { startAttemptTimer } from './attempt-timer.js';
import type { AttemptTimer } from './attempt-timer.js';

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

/** Permission to send one attempt. The holder releases it once. */
export interface AttemptPermit {
  /**
   * The part in a call that several requests share: its failure says the same about the provider however many they are, so
   * circuit breakers count it for the leader only. Absent for a request with a call of its own.
   */
  readonly role?: 'leader' | 'follower';
  /** Reports that the bytes of the attempt have left. */
  sent(): void;
  /** Waits for one more call of the same attempt; null if the wait was cancelled. */
  next(part: string, signal: AbortSignal): Promise<Pick<AttemptPermit, 'sent'> | null>;
  release(outcome: FetchOutcome): void;
}

/** Waits until an attempt may be sent; null if the wait was cancelled. */
export type AcquirePermit = (request: Request, signal: AbortSignal) => Promise<AttemptPermit | null>;

/** An attempt that has ended, and its part in a shared call. */
interface Attempt {
  readonly outcome: FetchOutcome;
  readonly role?: AttemptPermit['role'] | undefined;
}

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

const neverAborted = new AbortController().signal;

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
  stopping: AbortSignal = neverAborted,
): Provider {
  // Nothing is sent after the first signal, so nothing waits for it either.
  const withStopping = combineSignals(stopping);
  // A fatal outcome ends every request that still waits for its turn.
  const termination = new AbortController();
  const withTermination = combineSignals(termination.signal);
  let finalOutcome: FetchOutcome | null = null;
  const terminateWith = (outcome: FetchOutcome): FetchOutcome => {
    finalOutcome ??= outcome;
    termination.abort();
    return outcome;
  };

  const attempt = async (request: Request, context: FetchContext): Promise<Attempt> => {
    const { signal } = context;
    const permit = finalOutcome === null ? await acquirePermit(request, withTermination(signal)) : null;
    if (permit === null) return { outcome: finalOutcome ?? interruptedOutcome };
    context.onSend();
    let outcome: FetchOutcome = interruptedOutcome;
    const timer = startAttemptTimer(options.timeout, signal);
    try {
      const calls = { ...createSourceCalls(permit, timer, stopping), ...pickDescribe(context) };
      const fetched = provider.fetch(request, { ...context, signal: timer.signal, calls });
      const ended = await Promise.race([fetched, timer.ended]);
      if (ended === 'timed-out') outcome = timeoutOutcome(options.timeout);
      else if (ended !== 'aborted') outcome = ended;
    } finally {
      timer.stop();
      permit.release(outcome);
    }
    if (outcome.kind === 'failure' && outcome.failure.kind === 'fatal') terminateWith(outcome);
    return { outcome, role: permit.role };
  };

  const fetchThroughBreaker = async (request: Request, context: FetchContext): Promise<FetchOutcome> => {
    const { symbol } = request.series.instrument;
    for (;;) {
      if (context.signal.aborted) return interruptedOutcome;
      const admission = breakers.admit(symbol);
      if (admission.kind === 'open') {
        return admission.breaker.symbol === null
          ? providerCircuitOpenOutcome
          : symbolCircuitOpenOutcome(provider.name, symbol, admission.breaker, admission.until);
      }
      if (admission.kind === 'probing') {
        await admission.done;
        continue;
      }
      let attemptResult: AttemptResult = 'inconclusive';
      let message: string | undefined;
      try {
        const sent = await attempt(request, context);
        attemptResult = classifyAttempt(sent);
        if (sent.outcome.kind === 'failure') ({ message } = sent.outcome.failure);
        return sent.outcome;
      } finally {
        admission.report(attemptResult, message);
      }
    }
  };

  const fetchWithRetry = async (request: Request, context: FetchContext): Promise<FetchOutcome> => {
    const nextDelay = createBackoff(options);
    let lastSent: FetchOutcome | null = null;
    for (let number = 1; ; number++) {
      const outcome = await fetchThroughBreaker(request, context);
      // The failure that opened the circuit says more than that the circuit is open.
      if (isSymbolCircuitOpen(outcome)) return lastSent ?? outcome;
      if (outcome.kind !== 'failure' || !isTransient(outcome) || number >= options.attempts) return outcome;
      lastSent = outcome;
      const delay = nextDelay(getRequestedDelay(outcome));
      context.onRetry(number, delay, outcome.failure);
      if (!(await sleep(delay, context.signal))) return interruptedOutcome;
    }
  };

  /** Returns false if the run stops first. */
  const sleep = async (delay: Duration, signal: AbortSignal): Promise<boolean> => {
    const combined = withStopping(signal);
    await clock.sleepUntil(clock.now() + delay, combined).catch((error: unknown) => {
      if (!combined.aborted) throw error;
    });
    return !combined.aborted;
  };

  const fetchWaitingForSource = async (request: Request, context: FetchContext): Promise<FetchOutcome> => {
    for (;;) {
      const outcome = await fetchWithRetry(request, context);
      if (outcome !== providerCircuitOpenOutcome) return outcome;
      if (finalOutcome !== null) return finalOutcome;
      const breaker = breakers.providerSnapshot();
      if (breaker.openCount > options.maxSourcePauses)
        return terminateWith(providerUnavailableOutcome(provider.name, breaker));
      if (!(await sleep(Math.max(0, (breaker.openUntil ?? 0) - clock.now()), context.signal)))
        return interruptedOutcome;
    }
  };

  return {
    name: provider.name,
    open: (signal) => provider.open(signal),
    close: () => provider.close(),
    fetch: async (request, context) => {
      if (context.signal.aborted) return interruptedOutcome;
      let firstFailure: string | undefined;
      const observed: FetchContext = {
        ...context,
        onRetry(number, delay, failure) {
          firstFailure ??= failure.message;
          context.onRetry(number, delay, failure);
        },
      };
      const outcome = await untilAborted(fetchWaitingForSource(request, observed), context.signal);
      if (outcome !== null && !isInterrupted(outcome)) return outcome;
      // A request without an attempt of its own waited for the circuit that the failures of others opened.
      const { openUntil, cause } = breakers.providerSnapshot();
      return interruptedBy(firstFailure ?? (openUntil === null ? undefined : cause));
    },
  };
}

/** The outcome of a request that was interrupted while it waited to repeat a failed attempt. */
function interruptedBy(cause: string | undefined): FetchOutcome {
  if (cause === undefined) return interruptedOutcome;
  return { kind: 'failure', failure: { kind: 'retryable', message: 'interrupted', code: interruptedCode, cause } };
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

/** Classifies an attempt for the circuits. A shared call fails for all of its symbols, so the provider has failed, once. */
function classifyAttempt({ outcome, role }: Attempt): AttemptResult {
  const result = classifyOutcome(outcome);
  const hasFailed = result === 'symbol-failed' || result === 'provider-failed';
  if (role === undefined || !hasFailed) return result;
  return role === 'leader' ? 'provider-failed' : 'inconclusive';
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

/** Returns delays that grow exponentially with jitter and are never shorter than what the provider asked for. */
function createBackoff({ delay, maxDelay }: ResilienceOptions): (minDelay: Duration) => Duration {
  let backoff = new ExponentialBackoff({ initialDelay: delay, maxDelay }).next();
  return (minDelay) => {
    const { duration } = backoff;
    backoff = backoff.next(undefined);
    return Math.ceil(Math.max(duration, minDelay));
  };
}

/** Counts the calls of an attempt; the time limit of the attempt does not include the waits between them. */
function createSourceCalls(permit: AttemptPermit, timer: AttemptTimer, stopping: AbortSignal): SourceCalls {
  let current: Pick<AttemptPermit, 'sent'> = permit;
  return {
    stopping,
    sent: () => current.sent(),
    async next(part) {
      timer.pause();
      const nextPermit = await permit.next(part, timer.signal);
      timer.resume();
      if (nextPermit === null) return false;
      current = nextPermit;
      return true;
    },
  };
}

/** The record of what is asked belongs to the request, not to an attempt. */
function pickDescribe({ calls: { describe } }: FetchContext): Pick<SourceCalls, 'describe'> {
  return describe === undefined ? {} : { describe };
}

function timeoutOutcome(limit: Duration): FetchOutcome {
  return {
    kind: 'failure',
    failure: { kind: 'retryable', code: 'timeout', message: `no response within ${String(limit / 1000)} s` },
  };
}

function providerUnavailableOutcome(name: string, { failures, openCount, cause }: BreakerSnapshot): FetchOutcome {
  const pauses = pluralize(openCount - 1, 'pause');
  const message = `${name} failed ${String(failures)} times in a row and did not recover in ${pauses}${describeCause(cause)}`;
  return { kind: 'failure', failure: { kind: 'fatal', code: 'provider-unavailable', message } };
}

function symbolCircuitOpenOutcome(
  name: string,
  symbol: string,
  { failures, cause }: BreakerSnapshot,
  until: Instant,
): FetchOutcome {
  const message = `circuit open for ${symbol} at ${name} until ${formatTimeSeconds(until)} after ${pluralize(failures, 'failure')} in a row${describeCause(cause)}`;
  const failure: Failure = { kind: 'retryable', code: circuitOpenCode, message };
  return { kind: 'failure', failure };
}

function describeCause(cause: string | undefined): string {
  return cause === undefined ? '' : `: ${cause}`;
}
