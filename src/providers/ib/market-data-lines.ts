import type { Clock } from '../../core/time/clock.js';
import type { Duration, Instant } from '../../core/time/time.js';

/** The market data lines of an account. */
export interface MarketDataLines {
  /** Does something that needs a line; null when the signal aborts before there is one. */
  withLine<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | null>;
}

/**
 * At most `limit` lines at once, and not two new ones within `spacing`: the library sends in the order in which it was
 * asked, and a whole chain at once would hold up every other request by seconds.
 */
export function createMarketDataLines(limit: number, spacing: Duration, clock: Clock): MarketDataLines {
  let used = 0;
  let nextStart: Instant = 0;
  const queue: (() => void)[] = [];
  const acquire = (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return Promise.resolve(false);
    if (used < limit) {
      used++;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const cancelWait = (): void => {
        queue.splice(queue.indexOf(grant), 1);
        resolve(false);
      };
      const grant = (): void => {
        signal.removeEventListener('abort', cancelWait);
        resolve(true);
      };
      signal.addEventListener('abort', cancelWait, { once: true });
      queue.push(grant);
    });
  };
  return {
    async withLine(work, signal) {
      if (!(await acquire(signal))) return null;
      try {
        const startAt = Math.max(clock.now(), nextStart);
        nextStart = startAt + spacing;
        await clock.sleepUntil(startAt, signal).catch(() => undefined);
        return signal.aborted ? null : await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) used--;
        else next();
      }
    },
  };
}
