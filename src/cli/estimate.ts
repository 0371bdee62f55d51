import type { ProviderName } from '../core/series.js';
import { estimateMakespan } from '../pacing/estimate.js';
import { pacedRequest } from '../pacing/paced-request.js';
import type { PacedRequest } from '../pacing/paced-request.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Estimate, GuessedRequests } from '../plan/make-plan.js';
import { datasetOf } from '../plan/plan-task.js';
import { limitsFor } from './providers.js';

/** How long a plan will take: its sources are asked side by side, so the slowest decides. */
export function estimateFor(pipeline: Pipeline): Estimate {
  return (requests, guessed) => {
    const bySource = new Map<ProviderName, PacedRequest[]>();
    const add = (provider: ProviderName, paced: PacedRequest): void => {
      const known = bySource.get(provider);
      if (known === undefined) bySource.set(provider, [paced]);
      else known.push(paced);
    };
    for (const request of requests) add(request.series.provider, pacedRequest(request));
    for (const guess of guessed) for (const paced of guessedRequests(guess)) add(guess.step.provider, paced);
    let longest = 0;
    for (const [name, paced] of bySource) {
      const { budgets, concurrency, typicalLatency } = limitsFor(pipeline, name);
      longest = Math.max(longest, estimateMakespan(paced, budgets, concurrency, typicalLatency));
    }
    return longest;
  };
}

/** What is not known yet is taken to be about contracts of its own, each asked once. */
function* guessedRequests({ step, count }: GuessedRequests): Iterable<PacedRequest> {
  const isBars = step.uses === 'equity' || step.uses === 'options';
  for (let number = 0; number < count; number++) {
    const key = `${step.name} ${String(number)}`;
    yield {
      dataset: datasetOf(step),
      what: isBars ? step.what : null,
      barSize: isBars ? (step.barSizes[0] ?? null) : null,
      contract: key,
      identical: key,
      connection: 'main',
      priority: 5,
    };
  }
}
