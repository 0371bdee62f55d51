import type { Clock } from '../../../core/time/clock.js';
import { second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';

/** Requests for the time of the gateway. */
export interface ServerClock {
  /** The time in milliseconds; null if the gateway does not answer in time. */
  request(send: () => void, maxWait: Duration): Promise<number | null>;
  onCurrentTime(epochSeconds: number): void;
}

export function createServerClock(clock: Clock): ServerClock {
  const pending: ((epochSeconds: number) => void)[] = [];
  return {
    request(send, maxWait) {
      const timer = new AbortController();
      return new Promise((resolve) => {
        pending.push((epochSeconds) => {
          timer.abort();
          resolve(epochSeconds * second);
        });
        clock.sleepUntil(clock.now() + maxWait, timer.signal).then(
          () => resolve(null),
          () => undefined,
        );
        send();
      });
    },
    onCurrentTime(epochSeconds) {
      if (!Number.isFinite(epochSeconds) || epochSeconds <= 0) return;
      for (const respond of pending.splice(0)) respond(epochSeconds);
    },
  };
}
