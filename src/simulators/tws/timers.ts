import type { Clock } from '../../core/time/clock.js';
import type { Duration } from '../../core/time/time.js';
import type { Farm, Outages } from './outages.js';

/**
 * Calls back after a delay, once the service is up, unless the signal aborts first. Calls back synchronously if there is nothing
 * to wait for, so that answers keep the order of their requests.
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

/** Calls back every `interval` until the signal aborts. */
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

/** Ignores the rejection of work that its signal aborted; any other error is a bug. */
export function ignoreAbort(work: Promise<void>, signal: AbortSignal): void {
  work.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
