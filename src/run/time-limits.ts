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
  /** Aborts when the task's time is up: its own, or that of its symbol. */
  readonly expired: AbortSignal;
  /** What its requests come to that were not answered in time; null while there is time. */
  readonly late: Failure | null;
  /** One of its requests goes out. Its own time begins with the first, so that no queue before that costs it any. */
  sent(): void;
  /** Its time is up; later calls change nothing. */
  runOut(why: Failure): void;
  /** It has ended. */
  end(): void;
}

/** The time of a task that has `allowed` to itself, and may be told that its symbol has used up its own. */
export function taskTime(allowed: Duration | null, clock: Clock, onUp: (allowed: Duration) => void): TaskTime {
  const expired = new AbortController();
  let late: Failure | null = null;
  let end: (() => void) | null = null;
  return {
    expired: expired.signal,
    get late() {
      return late;
    },
    sent() {
      end ??= countdown(allowed, clock, onUp);
    },
    runOut(why) {
      late ??= why;
      expired.abort();
    },
    end() {
      end?.();
    },
  };
}

/** The time of all tasks that nothing limits. They share it, because joining a signal with others takes its time. */
export const endlessTime: TaskTime = {
  expired: new AbortController().signal,
  late: null,
  sent: () => undefined,
  runOut: () => undefined,
  end: () => undefined,
};

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
