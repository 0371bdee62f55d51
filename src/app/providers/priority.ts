import type { Request } from '../../core/request.js';
import { day, toDayNumber } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';

/** So long before its expiry an option goes first: once it has expired nothing of it can be had. */
const expiringSoon: Duration = 2 * day;

/** The priority a request is paced with: its symbol's, or before all others when it is about to be too late. */
export function getPriority({ series }: Request, priority: number, now: Instant): number {
  if (series.dataset !== 'option_bars') return priority;
  return toDayNumber(series.contract.expiry) * day - now <= expiringSoon ? 0 : priority;
}
