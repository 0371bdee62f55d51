import type { Schedule } from '../../config/pipeline/pipeline.js';
import type { Calendar } from '../../core/time/calendar.js';
import { addDays } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';

/** The market whose hours a schedule follows, if it is closed now; null otherwise. */
export function findClosedMarket(
  { times }: Schedule,
  calendar: (name: string) => Calendar,
  now: Instant,
): string | null {
  if (times.kind !== 'interval' || times.market === null) return null;
  const market = calendar(times.market);
  const today = market.dateAt(now);
  const isOpen = market.sessions(today, addDays(today, 1)).some(({ open, close }) => open <= now && now < close);
  return isOpen ? null : times.market;
}
