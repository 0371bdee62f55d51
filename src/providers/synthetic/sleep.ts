import type { Clock } from '../../core/time/clock.js';
import type { Instant } from '../../core/time/time.js';

/** Waits for an instant, which may be Infinity, or until the signal aborts. */
export async function sleepUntil(clock: Clock, instant: Instant, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  if (instant === Infinity) return waitForAbort(signal);
  await clock.sleepUntil(instant, signal).catch((reason: unknown) => {
    if (!signal.aborted) throw reason;
  });
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
