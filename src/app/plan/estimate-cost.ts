import { countCalls, countInstruments } from '../../core/batch-rule.js';
import type { BatchRule } from '../../core/batch-rule.js';
import type { Request } from '../../core/request.js';
import type { ProviderName } from '../../core/series.js';
import { computeBudgetCosts } from '../../pacing/budget-costs.js';
import { estimateMakespan } from '../../pacing/estimate-makespan.js';
import { toPacedRequest } from '../../pacing/paced-request.js';
import type { PacedRequest } from '../../pacing/paced-request.js';
import type { Pipeline, Step } from '../../config/pipeline/pipeline.js';
import type { EstimatePlanCost, EstimatedRequests } from '../../plan/make-plan.js';
import type { PlanCost } from '../../plan/plan.js';
import { estimateSelection } from '../../plan/tasks/estimate-options.js';
import { groupBy } from '../../platform/group-by.js';
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
    const getBatch = (provider: ProviderName): BatchRule | undefined => getProviderLimits(pipeline, provider).batch;
    for (const request of leadCalls(requests, getBatch)) add(request.series.provider, toPacedRequest(request));
    for (const { step, count } of estimates) {
      const calls = estimateCalls(step, count, getBatch(step.provider));
      for (const paced of toPacedRequests({ step, count: calls })) add(step.provider, paced);
    }
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

/** Returns one request for each call: requests for one table share calls if the provider allows it, and budgets count calls. */
function leadCalls(
  requests: readonly Request[],
  getBatch: (provider: ProviderName) => BatchRule | undefined,
): readonly Request[] {
  const shared = groupBy(requests, ({ series: { provider, dataset } }) =>
    getBatch(provider)?.datasets.includes(dataset) === true ? `${provider} ${dataset}` : '',
  );
  return [...shared].flatMap(([key, group]) => {
    const [first] = group;
    const batch = first === undefined || key === '' ? undefined : getBatch(first.series.provider);
    if (batch === undefined) return group;
    const sizes = group.map(({ series }) => countInstruments(series));
    return group.slice(0, countCalls(sizes, batch.maxInstruments));
  });
}

function estimateCalls(step: Step, count: number, batch: BatchRule | undefined): number {
  if (batch?.datasets.includes(getStepDataset(step)) !== true) return count;
  const size = step.uses === 'snapshots' ? estimateSelection(step).options + 1 : 1;
  return countCalls(Array<number>(count).fill(Math.min(size, batch.maxInstruments)), batch.maxInstruments);
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
