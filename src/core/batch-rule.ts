import type { Series } from './series.js';
import type { Dataset } from './tables/tables.js';
import type { Duration } from './time/time.js';

/** The requests that a provider answers together in one call, as data. */
export interface BatchRule {
  readonly datasets: readonly Dataset[];
  /** The maximum number of instruments in one call. */
  readonly maxInstruments: number;
  /** A call leaves when no further request has joined it for this long. */
  readonly quietTime: Duration;
  /** A call leaves at the latest this long after its first request. */
  readonly maxWait: Duration;
}

/** Returns the number of instruments that a request adds to a call at most; requests for one underlying share it. */
export function countInstruments(series: Series): number {
  return series.dataset === 'option_snapshots' ? series.contracts.length + 1 : 1;
}

/** Returns the number of calls that requests of these sizes take, if each joins the first call that it fits into. */
export function countCalls(sizes: Iterable<number>, maxInstruments: number): number {
  const calls: number[] = [];
  for (const size of sizes) {
    const index = calls.findIndex((used) => used + size <= maxInstruments);
    if (index < 0) calls.push(size);
    else calls[index] = (calls[index] ?? 0) + size;
  }
  return calls.length;
}
