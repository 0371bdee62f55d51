import type { Clock } from '../../core/clock.js';
import type { Duration, Instant } from '../../core/time.js';

/** Leave for one call; resolves early when the signal aborts. */
export interface CallRoom {
  /** `planned` calls have waited for their budget already and only wait here when unplanned ones came between them. */
  enter(planned: boolean, signal: AbortSignal): Promise<void>;
}

/**
 * Pacing counts one call a request. Now and then a request takes several (a window that Kite finds too long, an answer that
 * seems cut short); these wait for room of their own, and for a moment the planned calls wait with them.
 */
export function callRoom(limit: number, span: Duration, clock: Clock): CallRoom {
  let sent: Instant[] = [];
  let lastUnplanned = -Infinity;
  return {
    async enter(planned, signal) {
      for (;;) {
        const now = clock.now();
        sent = sent.filter((at) => at + span > now);
        const [oldest] = sent;
        const isFree = sent.length < limit || (planned && lastUnplanned + span <= now);
        if (isFree || oldest === undefined || signal.aborted) {
          sent.push(now);
          if (!planned) lastUnplanned = now;
          return;
        }
        await clock.sleepUntil(oldest + span, signal).catch(() => undefined);
      }
    },
  };
}
