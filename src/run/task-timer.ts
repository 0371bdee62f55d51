import { setMaxListeners } from 'node:events';

import type { Clock } from '../core/time/clock.js';
import type { Failure } from '../core/failure.js';
import type { Duration } from '../core/time/time.js';
import { humanizeDuration } from '../platform/format.js';

/** Calls `onTimeout` after the time limit. The returned function cancels it. Null means no limit. */
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

/** Time limit of the requests of one task. */
export interface TaskTimer {
  /** Aborts the requests, for any reason. */
  readonly signal: AbortSignal;
  /** The failure of requests that were not answered in time; null while there is time. */
  readonly timeoutFailure: Failure | null;
  /** Reports that a request is sent. The first one starts the time, so that time in queues does not count. */
  start(): void;
  /** Ends the time: that of the task, or that of its symbol. */
  expire(failure: Failure): void;
  /** Aborts the requests because the run stops. */
  stop(): void;
  /** Cancels the timer because the task has ended. */
  end(): void;
}

/**
 * Creates the timer of a task with a time limit, or of one whose symbol has a limit. The signal is created on first use and
 * dropped at the end of the task: tens of thousands of signals would cost too much memory.
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

/** The shared timer of all tasks without a limit: it aborts when the run stops. */
export function noTimeLimit(stopped: AbortSignal): TaskTimer {
  const noop = (): void => undefined;
  return { signal: stopped, timeoutFailure: null, start: noop, expire: noop, stop: noop, end: noop };
}

/** Every request of a task listens to the signal, which is no leak. */
function withoutListenerLimit(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}

export function symbolTimeoutFailure(symbol: string, timeLimit: Duration): Failure {
  const message = `${symbol} took longer than the symbol limit of ${humanizeDuration(timeLimit)}`;
  return { kind: 'retryable', code: 'symbol-timeout', message };
}

export function taskTimeoutFailure(step: string, symbol: string, timeLimit: Duration): Failure {
  const message = `${step} of ${symbol} took longer than the step limit of ${humanizeDuration(timeLimit)}`;
  return { kind: 'retryable', code: 'task-timeout', message };
}
