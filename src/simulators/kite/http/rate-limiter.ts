import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';

/** Classes of requests that share one limit. */
export type RateClass = 'quote' | 'historical' | 'orders' | 'other';

/** Maximum requests of a class per API key in any second. */
const maxPerSecond: Readonly<Record<RateClass, number>> = { quote: 1, historical: 3, orders: 10, other: 10 };

/** Counts one request and returns whether it is within the limit at its arrival. Rejected requests do not count. */
export type TryAcquire = (apiKey: string, rateClass: RateClass, arrivedAt: Instant) => boolean;

export function createRateLimiter(): TryAcquire {
  const recentByKey = new Map<string, Instant[]>();
  return (apiKey, rateClass, now) => {
    const key = `${rateClass}|${apiKey}`;
    const recent = (recentByKey.get(key) ?? []).filter((at) => at > now - second);
    recentByKey.set(key, recent);
    if (recent.length >= maxPerSecond[rateClass]) return false;
    recent.push(now);
    return true;
  };
}
