import type { Clock } from '../../../core/time/clock.js';
import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';

/** Kinds of requests that are counted together. */
export type RateClass = 'quote' | 'historical' | 'orders' | 'other';

/** How many requests of a class an API key may make in any second. */
const maxPerSecond: Readonly<Record<RateClass, number>> = { quote: 1, historical: 3, orders: 10, other: 10 };

/** Counts one request; whether it is within the limit. What is too much is not counted against the next. */
export type TryAcquire = (apiKey: string, rateClass: RateClass) => boolean;

export function createRateLimiter(clock: Clock): TryAcquire {
  const recentByKey = new Map<string, Instant[]>();
  return (apiKey, rateClass) => {
    const now = clock.now();
    const key = `${rateClass}|${apiKey}`;
    const recent = (recentByKey.get(key) ?? []).filter((at) => at > now - second);
    recentByKey.set(key, recent);
    if (recent.length >= maxPerSecond[rateClass]) return false;
    recent.push(now);
    return true;
  };
}
