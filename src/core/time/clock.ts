import type { Duration, Instant } from './time.js';

/** The only access to the current time, and the only way to wait. */
export interface Clock {
  now(): Instant;
  /** How far it is ahead of the time of the machine, which the limits of an account follow; 0 by default. */
  readonly offset?: Duration;
  /**
   * Resolves at an instant, immediately if it has passed; rejects with the signal's reason when aborted. After the clock was set back
   * it resolves early, when the time that was left at the call has passed: a pause of a second must not last a day.
   */
  sleepUntil(instant: Instant, signal?: AbortSignal): Promise<void>;
}

/** The maximum delay of a timer of Node; longer waits are split. */
const maxTimerDelay: Duration = 2 ** 31 - 1;

/** What a clock may lag behind real time because its rate is adjusted; more means that it was set back. */
const maxDrift: Duration = 1000;

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleepUntil(instant, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(abortReason(signal));
        return;
      }
      let timer: NodeJS.Timeout | undefined;
      const end = getMonotonicTime() + instant - Date.now();
      const abort = (): void => {
        clearTimeout(timer);
        if (signal !== undefined) reject(abortReason(signal));
      };
      const wait = (): void => {
        const remaining = instant - Date.now();
        const left = end - getMonotonicTime();
        const pause = remaining - left > maxDrift ? left : remaining;
        if (pause > 0) {
          timer = setTimeout(wait, Math.min(pause, maxTimerDelay));
          return;
        }
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
      wait();
    });
  },
};

/** Creates the clock of `--now`, which differs from another clock by a fixed amount. */
export function createOffsetClock(base: Clock, offset: Duration): Clock {
  return {
    now: () => base.now() + offset,
    offset: (base.offset ?? 0) + offset,
    sleepUntil: (instant, signal) => base.sleepUntil(instant - offset, signal),
  };
}

/** Real time that no change of the clock moves, since an arbitrary instant: for durations within this process. */
export function getMonotonicTime(): Duration {
  return performance.now();
}

/** Calls an action repeatedly until the returned function is called. */
export type StartInterval = (interval: Duration, action: () => void) => () => void;

/** Runs in real time and never keeps the process alive: for heartbeats, which make no sense on a simulated clock. */
export const startBackgroundInterval: StartInterval = (interval, action) => {
  const timer = setInterval(action, interval);
  timer.unref();
  return () => clearInterval(timer);
};

/** The reason of an aborted signal as an error. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
}
