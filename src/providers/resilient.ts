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

import type { Clock } from '../core/clock.js';
import { interruptedCode, leftAloneCode } from '../core/failure.js';
import type { Failure } from '../core/failure.js';
import { joinedWith } from '../core/joined-signals.js';
import type { Outcome, Request } from '../core/request.js';
import { isoSecond } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { plural } from '../core/words.js';
import type { Breakers, BreakerState, Lesson } from './breakers.js';
import type { Provider } from './contract.js';

/** How a source's failures are met; the numbers come from the pipeline. */
export interface Resilience {
  readonly attempts: number;
  readonly delay: Duration;
  readonly maxDelay: Duration;
  /** How long one attempt may take. */
  readonly timeout: Duration;
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
}

const interrupted: Outcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: 'interrupted', code: interruptedCode },
};

/** Whether an outcome only says that we stopped waiting for it: nothing was learned about the source. */
export function isInterrupted(outcome: Outcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.code === interruptedCode;
}

/** What an attempt comes to that was not made because the source is left alone; never leaves this file. */
const sourceLeftAlone: Outcome = { kind: 'failure', failure: { kind: 'retryable', message: '', code: leftAloneCode } };

/**
 * A provider that tries again, gives up on attempts that take too long, and leaves alone for a while what keeps failing. From
 * the outside in: wait while the source is left alone, retry, breakers, pacing, time-out. Every attempt is paced anew,
 * because every attempt is a request to the source. A source that is left alone is waited for; a symbol is not, because the
 * others can do without it.
 */
export function resilient(
  provider: Provider,
  resilience: Resilience,
  breakers: Breakers,
  pace: Pace,
  clock: Clock,
  observer: ResilienceObserver,
): Provider {
  const isPassing = (value: unknown): boolean => isOutcome(value) && mayPass(value);
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

  const insist = async (request: Request, signal: AbortSignal): Promise<Outcome> => {
    const tried: Outcome[] = [];
    const retrying = retry(handleWhenResult(isPassing), {
      maxAttempts: resilience.attempts - 1,
      backoff: backoffOf(resilience),
    });
    retrying.onRetry((event) => {
      const failure = 'value' in event ? failureIn(event.value) : null;
      if (failure !== null) observer.retried(request, event.attempt, event.delay, failure);
    });
    const outcome = await retrying.execute(async () => {
      const answer = await admitted(request, signal);
      if (!isSymbolLeftAlone(answer)) tried.push(answer);
      return answer;
    }, signal);
    // What made the breaker open says more than that it is open.
    return isSymbolLeftAlone(outcome) ? (tried.at(-1) ?? outcome) : outcome;
  };

  const admitted = async (request: Request, signal: AbortSignal): Promise<Outcome> => {
    const { symbol } = request.series.instrument;
    for (;;) {
      if (signal.aborted) return interrupted;
      const admission = breakers.admit(symbol);
      if (admission.kind === 'open') {
        return admission.state.symbol === null ? sourceLeftAlone : symbolLeftAlone(provider.name, admission.state);
      }
      if (admission.kind === 'trial') {
        await admission.over;
        continue;
      }
      let lesson: Lesson = 'none';
      try {
        const outcome = await attempt(request, signal);
        lesson = lessonOf(outcome);
        return outcome;
      } finally {
        admission.report(lesson);
      }
    }
  };

  const fetchPatiently = async (request: Request, signal: AbortSignal): Promise<Outcome> => {
    for (;;) {
      const outcome = await insist(request, signal).catch((error: unknown) => {
        if (signal.aborted) return interrupted;
        throw error;
      });
      if (outcome !== sourceLeftAlone) return outcome;
      if (ended !== null) return ended;
      const state = breakers.source();
      const { pauses, openUntil } = state;
      if (pauses > resilience.patience) return endWith(givenUp(provider.name, state));
      if (openUntil !== null) await clock.sleepUntil(openUntil, signal).catch(() => undefined);
      if (signal.aborted) return interrupted;
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

function isSymbolLeftAlone(outcome: Outcome): boolean {
  return outcome !== sourceLeftAlone && outcome.kind === 'failure' && outcome.failure.code === leftAloneCode;
}

/** Failures that may be gone the next time. */
function mayPass(outcome: Outcome): boolean {
  const lesson = lessonOf(outcome);
  return lesson === 'symbol-failed' || lesson === 'source-failed';
}

function lessonOf(outcome: Outcome): Lesson {
  if (outcome.kind !== 'failure') return 'answered';
  const { kind, code } = outcome.failure;
  switch (kind) {
    case 'retryable':
      return code === interruptedCode || code === leftAloneCode ? 'none' : 'symbol-failed';
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

function givenUp(name: string, { failures, pauses }: BreakerState): Outcome {
  const message = `${name} failed ${String(failures)} times in a row and did not recover in ${plural(pauses - 1, 'pause')}`;
  return { kind: 'failure', failure: { kind: 'fatal', code: 'circuit-open', message } };
}

function symbolLeftAlone(name: string, { symbol, failures, openUntil }: BreakerState): Outcome {
  const until = openUntil === null ? '' : ` until ${isoSecond(openUntil)}`;
  const message = `${name} failed ${String(failures)} times in a row for ${symbol ?? name}, which is left alone${until}`;
  return { kind: 'failure', failure: { kind: 'retryable', code: leftAloneCode, message } };
}
