import { setMaxListeners } from 'node:events';

import type { Clock } from '../core/clock.js';
import type { Failure } from '../core/failure.js';
import type { Duration } from '../core/time.js';
import { durationText } from '../core/words.js';

/** Calls back when the time is up, unless what is given back is called before; null is all the time in the world. */
export function countdown(allowed: Duration | null, clock: Clock, onUp: (allowed: Duration) => void): () => void {
  if (allowed === null) return () => undefined;
  const ended = new AbortController();
  clock.sleepUntil(clock.now() + allowed, ended.signal).then(
    () => {
      if (!ended.signal.aborted) onUp(allowed);
    },
    () => undefined,
  );
  return () => {
    ended.abort();
  };
}

/** How long the requests of one task may go on. */
export interface TaskTime {
  /** Aborts when they are given up, for whatever reason. */
  readonly signal: AbortSignal;
  /** What those come to that were not answered in time; null while there is time. */
  readonly late: Failure | null;
  /** One of them goes out. The time of the task begins with the first, so that no queue before that costs it any. */
  sent(): void;
  /** The time is up: the task's own, or that of its symbol. */
  runOut(why: Failure): void;
  /** The run goes no further. */
  stop(): void;
  /** The task has ended. */
  end(): void;
}

/**
 * The time of a task that has `allowed` to itself, and may be told that its symbol has used up its own. Its signal is made
 * when it is asked for and forgotten at the end: tens of thousands of them would be a burden to the memory of a run.
 */
export function taskTime(allowed: Duration | null, clock: Clock, onUp: (allowed: Duration) => void): TaskTime {
  let underWay: AbortController | null = null;
  let isOver = false;
  let late: Failure | null = null;
  let endCountdown: (() => void) | null = null;
  const stop = (): void => {
    isOver = true;
    underWay?.abort();
  };
  return {
    get signal() {
      underWay ??= listenedTo(new AbortController());
      if (isOver) underWay.abort();
      return underWay.signal;
    },
    get late() {
      return late;
    },
    sent() {
      endCountdown ??= countdown(allowed, clock, onUp);
    },
    runOut(why) {
      late ??= why;
      stop();
    },
    stop,
    end() {
      endCountdown?.();
      underWay = null;
    },
  };
}

/** The time of all tasks that nothing limits: until the run is stopped. */
export function endlessTime(stopped: AbortSignal): TaskTime {
  const nothing = (): void => undefined;
  return { signal: stopped, late: null, sent: nothing, runOut: nothing, stop: nothing, end: nothing };
}

/** Every request of a task listens, which is as many as there are and no leak. */
function listenedTo(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}

/** What a request comes to whose symbol has used up its time. */
export function symbolTimedOut(symbol: string, allowed: Duration): Failure {
  const message = `${symbol} took longer than the ${durationText(allowed)} that one symbol may take`;
  return { kind: 'retryable', code: 'symbol-timeout', message };
}

/** What a request comes to whose task has used up its time. */
export function taskTimedOut(step: string, symbol: string, allowed: Duration): Failure {
  const message = `${step} of ${symbol} took longer than the ${durationText(allowed)} that the step gives one symbol`;
  return { kind: 'retryable', code: 'task-timeout', message };
}
