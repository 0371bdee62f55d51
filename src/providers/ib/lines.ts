import type { Clock } from '../../core/clock.js';
import type { Duration, Instant } from '../../core/time.js';

/** The market data lines of an account. */
export interface Lines {
  /** Does something that needs a line; null when the signal aborts before there is one. */
  use<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | null>;
}

/**
 * At most `limit` lines at once, and not two new ones within `spacing`: the library sends in the order in which it was
 * asked, and a whole chain at once would hold up every other request by seconds.
 */
export function createLines(limit: number, spacing: Duration, clock: Clock): Lines {
  let used = 0;
  let nextTurn: Instant = 0;
  const queue: (() => void)[] = [];
  const take = (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return Promise.resolve(false);
    if (used < limit) {
      used++;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const leave = (): void => {
        queue.splice(queue.indexOf(enter), 1);
        resolve(false);
      };
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(enter);
    });
  };
  return {
    async use(work, signal) {
      if (!(await take(signal))) return null;
      try {
        const turn = Math.max(clock.now(), nextTurn);
        nextTurn = turn + spacing;
        await clock.sleepUntil(turn, signal).catch(() => undefined);
        return signal.aborted ? null : await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) used--;
        else next();
      }
    },
  };
}
