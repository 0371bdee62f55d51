import { barSizes, isIntraday } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../core/time/calendar.js';
import { addDays } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';

/**
 * The end of the span that is complete at an instant, for bars of a size: during a session, the end of its last
 * complete bar, or the start of its day for daily bars; otherwise the instant itself.
 */
export function getAnsweredUntil(calendar: Calendar, barSize: BarSize, now: Instant): Instant {
  const today = calendar.dateAt(now);
  const currentSession = calendar.sessions(today, addDays(today, 1)).find((session) => session.close > now);
  if (currentSession === undefined) return now;
  if (!isIntraday(barSize) || now < currentSession.open) return currentSession.dayStart;
  return now - ((now - currentSession.open) % barSizes[barSize]);
}

/** An upper bound for the number of bars of a size that begin in a window. */
export function maxBarCount(barSize: BarSize, window: Window, sessions: readonly TradingSession[]): number {
  if (!isIntraday(barSize)) return sessions.length;
  const size = barSizes[barSize];
  let count = 0;
  for (const { open, close } of sessions) {
    const length = Math.min(close, window.end) - Math.max(open, window.start);
    if (length > 0) count += Math.ceil(length / size) + 1;
  }
  return count;
}
