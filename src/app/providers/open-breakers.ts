import type { Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { createBreakerStore, isExpired, listPipelinesWithBreakers } from '../../providers/resilience/breaker-store.js';

/** An open circuit of a provider, or of a symbol at a provider, in one pipeline. */
export interface OpenBreaker {
  readonly pipeline: string;
  readonly provider: string;
  /** Null for the circuit of the whole provider. */
  readonly symbol: string | null;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** The message of the first of them; absent if it is unknown. */
  readonly cause?: string;
  /** The end of the cooldown; the next run probes the provider when it has passed. */
  readonly until: Instant;
}

/** The open circuits of all pipelines of a lake. */
export async function readOpenBreakers(lake: string, now: Instant): Promise<readonly OpenBreaker[]> {
  const found: OpenBreaker[] = [];
  for (const pipeline of await listPipelinesWithBreakers(lake, nodeFiles))
    found.push(...(await readOpenBreakersOf(pipeline, lake, now)));
  return found;
}

/** The open circuits of one pipeline. */
export async function readOpenBreakersOf(
  pipeline: string,
  lake: string,
  now: Instant,
): Promise<readonly OpenBreaker[]> {
  const breakers = await createBreakerStore(lake, pipeline, nodeFiles).read();
  return breakers.flatMap((breaker) => {
    const { provider, symbol, failures, cause, openUntil } = breaker;
    if (openUntil === null || isExpired(breaker, now)) return [];
    return [{ pipeline, provider, symbol, failures, until: openUntil, ...omitUndefined({ cause }) }];
  });
}
