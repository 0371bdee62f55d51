import type { Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { createBreakerStore, isExpired, listPipelinesWithBreakers } from '../../providers/resilience/breaker-store.js';

/** An open circuit of a provider, or of a symbol at a provider, in one pipeline. */
export interface OpenBreaker {
  readonly pipeline: string;
  readonly provider: string;
  /** Null for the circuit of the whole provider. */
  readonly symbol: string | null;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** The end of the cooldown; the next run probes the provider when it has passed. */
  readonly until: Instant;
}

/** The open circuits of all pipelines of a lake. */
export async function readOpenBreakers(lake: string, now: Instant): Promise<readonly OpenBreaker[]> {
  const found: OpenBreaker[] = [];
  for (const pipeline of await listPipelinesWithBreakers(lake, nodeFiles)) {
    for (const breaker of await createBreakerStore(lake, pipeline, nodeFiles).read()) {
      const { provider, symbol, failures, openUntil } = breaker;
      if (openUntil === null || isExpired(breaker, now)) continue;
      found.push({ pipeline, provider, symbol, failures, until: openUntil });
    }
  }
  return found;
}
