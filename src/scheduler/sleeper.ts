import type { Clock } from '../core/time/clock.js';
import { minute } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';

/** A sleep that can be ended early. A wake before the sleep ends the next sleep. */
export interface Sleeper {
  /** Sleeps until an instant or a wake; null means until a wake. It may also return early, after `maxSleep`. */
  sleep(until: Instant | null): Promise<void>;
  wake(): void;
}

const maxSleep: Duration = minute;

export function createSleeper(clock: Clock): Sleeper {
  let controller = new AbortController();
  return {
    wake: () => controller.abort(),
    async sleep(until) {
      const { signal } = controller;
      if (until === null) {
        if (!signal.aborted)
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      } else {
        // In short pieces: while a machine is asleep its timers stop, and a long one would fire late by that time.
        await clock.sleepUntil(Math.min(until, clock.now() + maxSleep), signal).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      }
      if (signal.aborted) controller = new AbortController();
    },
  };
}
