import { formatInstantSeconds } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import { nodeFiles } from '../../platform/file-store.js';
import { createBreakerStore, isExpired, listPipelinesWithBreakers } from '../../providers/resilience/breaker-store.js';

/** A source, or a symbol at it, that a pipeline has stopped asking for a while. */
export interface OpenBreaker {
  readonly pipeline: string;
  readonly source: string;
  /** Null when it is the source itself. */
  readonly symbol: string | null;
  /** Attempts in a row that failed. */
  readonly failures: number;
  readonly until: Instant;
}

/** Whom the pipelines of a lake leave alone, or will ask only once at first. */
export async function readOpenBreakers(lake: string, now: Instant): Promise<readonly OpenBreaker[]> {
  const found: OpenBreaker[] = [];
  for (const pipeline of await listPipelinesWithBreakers(lake, nodeFiles)) {
    for (const breaker of await createBreakerStore(lake, pipeline, nodeFiles).read()) {
      const { provider, symbol, failures, openUntil } = breaker;
      if (openUntil === null || isExpired(breaker, now)) continue;
      found.push({ pipeline, source: provider, symbol, failures, until: openUntil });
    }
  }
  return found;
}

/** So many are named; the rest is in the JSON. */
const maxNamed = 10;

export function describeOpenBreakers(all: readonly OpenBreaker[], now: Instant): readonly string[] {
  const lines = all.slice(0, maxNamed).map(({ pipeline, source, symbol, failures, until }) => {
    const target = symbol === null ? source : `${symbol} at ${source}`;
    const next = until > now ? `until ${formatInstantSeconds(until)}` : 'and tried once by the next run';
    return `${target} by ${pipeline} after ${pluralize(failures, 'failure')} in a row, ${next}`;
  });
  return all.length > maxNamed ? [...lines, `and ${pluralize(all.length - maxNamed, 'more', 'more')}`] : lines;
}
