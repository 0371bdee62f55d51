import type { Request } from '../../core/request.js';
import { day, toDayNumber } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';

/** Options this close to expiry come first: providers return no data for expired ones. */
const expiringSoon: Duration = 2 * day;

/** After every symbol: requests that only compare, or bring stored rows to another price scale. */
const lowestPriority = 10;

/** The pacing priority of a request: 0, the most urgent, for an option about to expire, else that of its symbol. */
export function getPriority({ series, purpose }: Request, priority: number, now: Instant): number {
  if (purpose !== undefined) return lowestPriority;
  if (series.dataset !== 'option_bars') return priority;
  return toDayNumber(series.contract.expiry) * day - now <= expiringSoon ? 0 : priority;
}
