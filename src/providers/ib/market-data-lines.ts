import type { Clock } from '../../core/time/clock.js';
import type { Duration, Instant } from '../../core/time/time.js';

/** The market data lines of an account: IB's limit on simultaneous streams. */
export interface MarketDataLines {
  /** Runs work that needs a line; null if the signal aborts before a line is free. */
  withLine<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | null>;
  /** Takes the time of a message that needs no line from the lines that wait for theirs. */
  noteMessage(): void;
}

/**
 * Allows at most `limit` lines at once, and one new line per `spacing`, the time of two messages, less the messages of other
 * requests. The library sends messages in order, so a whole chain at once would delay every other request by seconds.
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
    noteMessage() {
      nextStart = Math.max(nextStart, clock.now()) + spacing / 2;
    },
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
