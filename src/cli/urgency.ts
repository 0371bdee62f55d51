import type { Request } from '../core/request.js';
import { day, dayNumber } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';

/** So long before its expiry an option goes first: once it has expired nothing of it can be had. */
const lastChance: Duration = 2 * day;

/** The priority a request is paced with: its symbol's, or before all others when it is about to be too late. */
export function urgencyOf({ series }: Request, priority: number, now: Instant): number {
  if (series.dataset !== 'option_bars') return priority;
  return dayNumber(series.contract.expiry) * day - now <= lastChance ? 0 : priority;
}
