import type { Request } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import { estimateMakespan } from '../pacing/estimate.js';
import { pacedRequest } from '../pacing/paced-request.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Estimate } from '../plan/make-plan.js';
import { limitsFor } from './providers.js';

/** How long a plan will take: its sources are asked side by side, so the slowest decides. */
export function estimateFor(pipeline: Pipeline): Estimate {
  return (requests, estimatedMore) => {
    const bySource = new Map<ProviderName, Request[]>();
    for (const request of requests) {
      const known = bySource.get(request.series.provider);
      if (known === undefined) bySource.set(request.series.provider, [request]);
      else known.push(request);
    }
    let longest = 0;
    for (const [name, asked] of bySource) {
      const { budgets, concurrency, typicalLatency } = limitsFor(pipeline, name);
      const paced = asked.map((request) => pacedRequest(request));
      const known = estimateMakespan(paced, budgets, concurrency, typicalLatency);
      // What is only guessed will look like what is known: the estimate grows in proportion.
      longest = Math.max(longest, known * (1 + estimatedMore / Math.max(1, requests.length)));
    }
    return longest;
  };
}
