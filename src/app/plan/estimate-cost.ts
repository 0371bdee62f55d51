import type { ProviderName } from '../../core/series.js';
import { computeBudgetCosts } from '../../pacing/budget-costs.js';
import { estimateMakespan } from '../../pacing/estimate-makespan.js';
import { toPacedRequest } from '../../pacing/paced-request.js';
import type { PacedRequest } from '../../pacing/paced-request.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { EstimatePlanCost, EstimatedRequests } from '../../plan/make-plan.js';
import type { PlanCost } from '../../plan/plan.js';
import { getStepDataset } from '../../plan/tasks/planned-task.js';
import { getProviderLimits } from '../providers/create-provider.js';

/** Estimates what a plan costs. Providers work in parallel, so the slowest determines the duration. */
export function createCostEstimator(pipeline: Pipeline): EstimatePlanCost {
  return (requests, estimates) => {
    const byProvider = new Map<ProviderName, PacedRequest[]>();
    const add = (provider: ProviderName, paced: PacedRequest): void => {
      const known = byProvider.get(provider);
      if (known === undefined) byProvider.set(provider, [paced]);
      else known.push(paced);
    };
    for (const request of requests) add(request.series.provider, toPacedRequest(request));
    for (const estimate of estimates) for (const paced of toPacedRequests(estimate)) add(estimate.step.provider, paced);
    let duration = 0;
    const costs: PlanCost['budgets'][number][] = [];
    for (const [name, paced] of byProvider) {
      const { budgets, maxConcurrency, typicalLatency } = getProviderLimits(pipeline, name);
      duration = Math.max(duration, estimateMakespan(paced, budgets, maxConcurrency, typicalLatency));
      for (const cost of computeBudgetCosts(paced, budgets)) costs.push({ provider: name, ...cost });
    }
    return { duration, budgets: costs };
  };
}

/** Creates estimated requests, each for a different contract. */
function* toPacedRequests({ step, count }: EstimatedRequests): Iterable<PacedRequest> {
  const isBars = step.uses === 'equity' || step.uses === 'options';
  for (let number = 0; number < count; number++) {
    const key = `${step.name} ${String(number)}`;
    yield {
      dataset: getStepDataset(step),
      priceType: isBars ? step.priceType : null,
      barSize: isBars ? (step.barSizes[0] ?? null) : null,
      contract: key,
      identical: key,
      connection: 'main',
      priority: 5,
    };
  }
}
