import type { Clock } from '../../core/clock.js';
import type { Instant } from '../../core/time.js';

/** Waits for an instant, or for ever, and in any case no longer than until the signal aborts. */
export async function sleepUntil(clock: Clock, instant: Instant, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  if (instant === Infinity) return aborted(signal);
  await clock.sleepUntil(instant, signal).catch((reason: unknown) => {
    if (!signal.aborted) throw reason;
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
