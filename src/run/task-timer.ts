import { setMaxListeners } from 'node:events';

import type { Clock } from '../core/time/clock.js';
import type { Failure } from '../core/failure.js';
import type { Duration } from '../core/time/time.js';
import { humanizeDuration } from '../platform/format.js';

/** Calls back when the time is up, unless what is given back is called before; null is all the time in the world. */
export function startTimer(
  timeLimit: Duration | null,
  clock: Clock,
  onTimeout: (timeLimit: Duration) => void,
): () => void {
  if (timeLimit === null) return () => undefined;
  const cancellation = new AbortController();
  clock.sleepUntil(clock.now() + timeLimit, cancellation.signal).then(
    () => {
      if (!cancellation.signal.aborted) onTimeout(timeLimit);
    },
    () => undefined,
  );
  return () => {
    cancellation.abort();
  };
}

/** How long the requests of one task may go on. */
export interface TaskTimer {
  /** Aborts when they are given up, for whatever reason. */
  readonly signal: AbortSignal;
  /** What those come to that were not answered in time; null while there is time. */
  readonly timeoutFailure: Failure | null;
  /** One of them goes out. The time of the task begins with the first, so that no queue before that costs it any. */
  start(): void;
  /** The time is up: the task's own, or that of its symbol. */
  expire(failure: Failure): void;
  /** The run goes no further. */
  stop(): void;
  /** The task has ended. */
  end(): void;
}

/**
 * The time of a task that has `allowed` to itself, and may be told that its symbol has used up its own. Its signal is made
 * when it is asked for and forgotten at the end: tens of thousands of them would be a burden to the memory of a run.
 */
export function createTaskTimer(
  timeLimit: Duration | null,
  clock: Clock,
  onTimeout: (timeLimit: Duration) => void,
): TaskTimer {
  let controller: AbortController | null = null;
  let isAborted = false;
  let timeoutFailure: Failure | null = null;
  let cancelTimer: (() => void) | null = null;
  const stop = (): void => {
    isAborted = true;
    controller?.abort();
  };
  return {
    get signal() {
      controller ??= withoutListenerLimit(new AbortController());
      if (isAborted) controller.abort();
      return controller.signal;
    },
    get timeoutFailure() {
      return timeoutFailure;
    },
    start() {
      cancelTimer ??= startTimer(timeLimit, clock, onTimeout);
    },
    expire(failure) {
      timeoutFailure ??= failure;
      stop();
    },
    stop,
    end() {
      cancelTimer?.();
      controller = null;
    },
  };
}

/** The time of all tasks that nothing limits: until the run is stopped. */
export function noTimeLimit(stopped: AbortSignal): TaskTimer {
  const noop = (): void => undefined;
  return { signal: stopped, timeoutFailure: null, start: noop, expire: noop, stop: noop, end: noop };
}

/** Every request of a task listens, which is as many as there are and no leak. */
function withoutListenerLimit(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}

/** What a request comes to whose symbol has used up its time. */
export function symbolTimeoutFailure(symbol: string, timeLimit: Duration): Failure {
  const message = `${symbol} took longer than the ${humanizeDuration(timeLimit)} that one symbol may take`;
  return { kind: 'retryable', code: 'symbol-timeout', message };
}

/** What a request comes to whose task has used up its time. */
export function taskTimeoutFailure(step: string, symbol: string, timeLimit: Duration): Failure {
  const message = `${step} of ${symbol} took longer than the ${humanizeDuration(timeLimit)} that the step gives one symbol`;
  return { kind: 'retryable', code: 'task-timeout', message };
}
