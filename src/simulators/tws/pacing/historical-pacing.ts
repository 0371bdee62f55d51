import { minute, second } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import type { Arrival } from './arrival.js';

/** A pacing rule of historical data. */
export type HistoricalRule = 'identical' | 'same-contract' | 'total';

/** A request as the pacing rules see it. */
export interface PacedArrival extends Arrival {
  /** Equal for identical requests. */
  readonly identity: string;
  /** Equal for requests of one contract, exchange and tick type. */
  readonly group: string;
  /** Weight of the request in the total. */
  readonly weight: number;
}

/** Checks requests against the pacing rules; rejected requests count too. */
export interface HistoricalPacing {
  /** Returns the rules that a request violates. */
  checkRequest(arrival: PacedArrival): readonly HistoricalRule[];
}

const identicalWindow: Duration = 15 * second;
const groupWindow: Duration = 2 * second;
const totalWindow: Duration = 10 * minute;
const maxPerGroup = 5;
const maxTotalWeight = 60;

/**
 * Checks TWS's pacing rules: no identical request within 15 s, fewer than 6 of one group within 2 s, at most 60 by weight
 * within any 10 minutes.
 */
export function createHistoricalPacing(): HistoricalPacing {
  const lastIdentical = new Map<string, Instant>();
  const groups = new Map<string, Instant[]>();
  let arrivals: { readonly earliest: Instant; readonly weight: number }[] = [];
  let nextSweep = -Infinity;

  /** Deletes expired entries, so that memory use stays constant. */
  function sweep(at: Instant): void {
    if (at < nextSweep) return;
    nextSweep = at + minute;
    for (const [identity, last] of lastIdentical) if (at - last >= identicalWindow) lastIdentical.delete(identity);
    for (const [group, times] of groups) if (at - (times.at(-1) ?? at) >= groupWindow) groups.delete(group);
  }

  return {
    checkRequest({ at, earliest, identity, group, weight }) {
      sweep(at);
      const violations: HistoricalRule[] = [];
      const last = lastIdentical.get(identity);
      if (last !== undefined && at - last < identicalWindow) violations.push('identical');
      lastIdentical.set(identity, earliest);

      const recent = (groups.get(group) ?? []).filter((time) => at - time < groupWindow);
      recent.push(earliest);
      groups.set(group, recent);
      if (recent.length > maxPerGroup) violations.push('same-contract');

      arrivals.push({ earliest, weight });
      arrivals = arrivals.filter((arrival) => at - arrival.earliest < totalWindow);
      const total = arrivals.reduce((sum, arrival) => sum + arrival.weight, 0);
      if (total > maxTotalWeight) violations.push('total');
      return violations;
    },
  };
}
