import type { Clock } from '../../../core/time/clock.js';
import type { Duration, Instant } from '../../../core/time/time.js';

export interface CallLimiter {
  /**
   * Waits until a call may be sent, or the signal aborts. Planned calls have waited for their budget already and wait here only
   * after unplanned ones.
   */
  acquire(isPlanned: boolean, signal: AbortSignal): Promise<void>;
}

/**
 * Limits the calls that pacing does not count. Pacing counts one call per request, but a request may take several: a window that
 * Kite rejects as too long, a response that seems truncated. After such calls planned calls are limited too, for one span.
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
