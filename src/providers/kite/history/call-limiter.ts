import type { Clock } from '../../../core/time/clock.js';
import type { Duration, Instant } from '../../../core/time/time.js';

/** Leave for one call; resolves early when the signal aborts. */
export interface CallLimiter {
  /** `planned` calls have waited for their budget already and only wait here when unplanned ones came between them. */
  acquire(isPlanned: boolean, signal: AbortSignal): Promise<void>;
}

/**
 * Pacing counts one call a request. Now and then a request takes several (a window that Kite finds too long, an answer that
 * seems cut short); these wait for room of their own, and for a moment the planned calls wait with them.
 */
export function createCallLimiter(limit: number, span: Duration, clock: Clock): CallLimiter {
  let sent: Instant[] = [];
  let lastUnplanned = -Infinity;
  return {
    async acquire(isPlanned, signal) {
      for (;;) {
        const now = clock.now();
        sent = sent.filter((at) => at + span > now);
        const [oldest] = sent;
        const isFree = sent.length < limit || (isPlanned && lastUnplanned + span <= now);
        if (isFree || oldest === undefined || signal.aborted) {
          sent.push(now);
          if (!isPlanned) lastUnplanned = now;
          return;
        }
        await clock.sleepUntil(oldest + span, signal).catch(() => undefined);
      }
    },
  };
}
