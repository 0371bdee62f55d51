import { minute, second } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';

/** A rule of how fast historical data may be asked for. */
export type HistoricalRule = 'identical' | 'same-contract' | 'total';

/** One request as the rules see it. */
export interface PacedArrival {
  readonly at: Instant;
  /** The same for requests that ask exactly the same. */
  readonly identity: string;
  /** The same for requests of one contract, exchange and kind of tick. */
  readonly group: string;
  /** What it counts towards the total. */
  readonly weight: number;
}

/** Judges requests as they come in; the ones it finds fault with count all the same. */
export interface HistoricalPacing {
  /** The rules that a request breaks. */
  checkRequest(arrival: PacedArrival): readonly HistoricalRule[];
}

const identicalWindow: Duration = 15 * second;
const groupWindow: Duration = 2 * second;
const totalWindow: Duration = 10 * minute;
const maxPerGroup = 5;
const maxTotalWeight = 60;

/**
 * No identical request within 15 s, fewer than 6 of one group within 2 s, at most 60 by weight within 10 minutes: in any
 * stretch that long, wherever it begins.
 */
export function createHistoricalPacing(): HistoricalPacing {
  const lastIdentical = new Map<string, Instant>();
  const groups = new Map<string, Instant[]>();
  let arrivals: { readonly at: Instant; readonly weight: number }[] = [];
  let total = 0;
  let nextSweep = -Infinity;

  /** Names that no rule looks at any more are forgotten, so that a long rehearsal does not grow. */
  function sweep(at: Instant): void {
    if (at < nextSweep) return;
    nextSweep = at + minute;
    for (const [identity, last] of lastIdentical) if (at - last >= identicalWindow) lastIdentical.delete(identity);
    for (const [group, times] of groups) if (at - (times.at(-1) ?? at) >= groupWindow) groups.delete(group);
  }

  return {
    checkRequest({ at, identity, group, weight }) {
      sweep(at);
      const violations: HistoricalRule[] = [];
      const last = lastIdentical.get(identity);
      if (last !== undefined && at - last < identicalWindow) violations.push('identical');
      lastIdentical.set(identity, at);

      const recent = (groups.get(group) ?? []).filter((time) => at - time < groupWindow);
      recent.push(at);
      groups.set(group, recent);
      if (recent.length > maxPerGroup) violations.push('same-contract');

      arrivals.push({ at, weight });
      total += weight;
      const firstRecent = arrivals.findIndex((arrival) => at - arrival.at < totalWindow);
      for (const expired of arrivals.slice(0, firstRecent)) total -= expired.weight;
      arrivals = arrivals.slice(firstRecent);
      if (total > maxTotalWeight) violations.push('total');
      return violations;
    },
  };
}
