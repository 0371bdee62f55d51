import type { Clock } from '../../core/time/clock.js';
import type { Duration } from '../../core/time/time.js';
import type { Farm, Outages } from './outages.js';

/**
 * Does something after a delay and when a service is there: at once, in this very turn, if there is nothing to wait for, so
 * that answers keep the order of their requests. When the signal aborts meanwhile it is not done.
 */
export function runAfterDelay(
  deps: { readonly clock: Clock; readonly outages: Outages; readonly signal: AbortSignal },
  delay: Duration,
  farm: Farm | null,
  callback: () => void,
): void {
  const { clock, outages, signal } = deps;
  const isFarmDown = (): boolean => farm !== null && outages.isDown(farm);
  if (signal.aborted) return;
  if (delay <= 0 && !isFarmDown()) {
    callback();
    return;
  }
  const wait = async (): Promise<void> => {
    if (delay > 0) await clock.sleepUntil(clock.now() + delay, signal);
    while (farm !== null && isFarmDown()) await outages.whenUp(farm);
    if (!signal.aborted) callback();
  };
  ignoreAbort(wait(), signal);
}

/** Does something again and again, `interval` apart, until the signal aborts. */
export function runEvery(clock: Clock, interval: Duration, signal: AbortSignal, callback: () => void): void {
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleepUntil(clock.now() + interval, signal);
      if (signal.aborted) return;
      callback();
    }
  };
  ignoreAbort(loop(), signal);
}

/** A sleep that is broken off is the end of what waited, not a failure; anything else is a bug and stays one. */
export function ignoreAbort(work: Promise<void>, signal: AbortSignal): void {
  work.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
