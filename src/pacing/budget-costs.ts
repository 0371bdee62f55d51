import type { Budget } from '../core/budget.js';
import type { Duration } from '../core/time/time.js';
import { createPricing } from './request-cost.js';
import type { PacedRequest } from './paced-request.js';

/** What requests take out of one budget. */
export interface BudgetCost {
  readonly name: string;
  /** By weight: more than `limit` means that they have to wait for a new span. */
  readonly cost: number;
  readonly limit: number;
  readonly span: Duration;
}

/** What requests cost in the budgets that all of them share; budgets of single contracts say nothing about the whole. */
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
