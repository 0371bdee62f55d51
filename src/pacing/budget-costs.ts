import type { Budget } from '../core/budget.js';
import type { Duration } from '../core/time/time.js';
import { createPricing } from './request-cost.js';
import type { PacedRequest } from './paced-request.js';

/** Use of one budget. */
export interface BudgetCost {
  readonly name: string;
  /** Sum of weights; above `limit` the requests take more than one span. */
  readonly cost: number;
  readonly limit: number;
  readonly span: Duration;
}

/** Computes the use of account-wide budgets. Budgets of single contracts do not apply to all requests together. */
export function computeBudgetCosts(
  requests: Iterable<PacedRequest>,
  budgets: readonly Budget[],
): readonly BudgetCost[] {
  const priceRequest = createPricing(budgets);
  const costs = budgets.map(() => 0);
  for (const request of requests) {
    for (const { budget, weight } of priceRequest(request).accountWide) costs[budget] = (costs[budget] ?? 0) + weight;
  }
  return budgets.flatMap((budget, index) => {
    const cost = costs[index] ?? 0;
    if (budget.kind !== 'rolling' || cost === 0) return [];
    return [{ name: budget.name, cost, limit: budget.limit, span: budget.span }];
  });
}
