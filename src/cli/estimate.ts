import type { ProviderName } from '../core/series.js';
import { budgetCosts } from '../pacing/budget-costs.js';
import { estimateMakespan } from '../pacing/estimate.js';
import { pacedRequest } from '../pacing/paced-request.js';
import type { PacedRequest } from '../pacing/paced-request.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Estimate, GuessedRequests } from '../plan/make-plan.js';
import type { PlanCost } from '../plan/plan.js';
import { datasetOf } from '../plan/planned.js';
import { limitsFor } from './providers.js';

/** What a plan costs. Its sources are asked side by side, so the slowest decides how long it takes. */
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
    let duration = 0;
    const costs: PlanCost['budgets'][number][] = [];
    for (const [name, paced] of bySource) {
      const { budgets, concurrency, typicalLatency } = limitsFor(pipeline, name);
      duration = Math.max(duration, estimateMakespan(paced, budgets, concurrency, typicalLatency));
      for (const cost of budgetCosts(paced, budgets)) costs.push({ provider: name, ...cost });
    }
    return { duration, budgets: costs };
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
