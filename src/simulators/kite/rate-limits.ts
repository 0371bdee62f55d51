import type { Clock } from '../../core/clock.js';
import { second } from '../../core/time.js';
import type { Instant } from '../../core/time.js';

/** Kinds of requests that are counted together. */
export type RateClass = 'quote' | 'historical' | 'orders' | 'other';

/** How many requests of a class an API key may make in any second. */
const perSecond: Readonly<Record<RateClass, number>> = { quote: 1, historical: 3, orders: 10, other: 10 };

/** Counts one request; whether it is within the limit. What is too much is not counted against the next. */
export type TakeTurn = (apiKey: string, rateClass: RateClass) => boolean;

export function rateLimits(clock: Clock): TakeTurn {
  const taken = new Map<string, Instant[]>();
  return (apiKey, rateClass) => {
    const now = clock.now();
    const name = `${rateClass}|${apiKey}`;
    const recent = (taken.get(name) ?? []).filter((at) => at > now - second);
    taken.set(name, recent);
    if (recent.length >= perSecond[rateClass]) return false;
    recent.push(now);
    return true;
  };
}
