import type { BarSize, PriceType } from '../core/tables/bars.js';
import type { Budget, BudgetScope } from '../core/budget.js';
import type { Dataset } from '../core/tables/tables.js';
import { second } from '../core/time/time.js';
import type { Duration } from '../core/time/time.js';
import type { PacedRequest } from './paced-request.js';

/** Weight of a request in one budget. */
export interface Charge {
  /** Index of the budget. */
  readonly budget: number;
  readonly weight: number;
}

/** All charges of a kind of request. Requests of one kind share one object. */
export interface RequestCost {
  /** Budgets of the account and of the connection. */
  readonly accountWide: readonly Charge[];
  readonly contract: readonly Charge[];
  readonly identical: readonly Charge[];
  readonly all: readonly Charge[];
  /**
   * Of two equal requests, the one with the higher packing weight is sent first. The weight is 0 unless the weights of
   * a budget do not divide its limit (weights 2 and 1, limit 3): heavy requests then go first, so that light requests
   * fill the remainder.
   */
  readonly packingWeight: number;
}

/** Returns the window to observe: that of the provider with a margin for network delays. */
export function pacedSpan(budget: Extract<Budget, { kind: 'rolling' }>): Duration {
  return budget.span + (budget.margin ?? Math.min(budget.span / 200, second / 4));
}

/** Creates a function that returns the cost of a request. */
export function createPricing(budgets: readonly Budget[]): (request: PacedRequest) => RequestCost {
  // Nested maps: building a string key for each lookup took longer than the rest of a choice.
  const cache = new Map<Dataset, Map<PriceType | null, Map<BarSize | null, RequestCost>>>();
  const followUps = new Map<RequestCost, RequestCost>();
  const priceFollowUp = (cost: RequestCost): RequestCost => {
    const found = followUps.get(cost) ?? toFollowUpCost(cost, budgets);
    followUps.set(cost, found);
    return found;
  };
  const priceFirst = (request: PacedRequest): RequestCost => {
    const found = cache.get(request.dataset)?.get(request.priceType)?.get(request.barSize);
    if (found !== undefined) return found;
    const byPriceType = cache.get(request.dataset) ?? new Map<PriceType | null, Map<BarSize | null, RequestCost>>();
    const bySize = byPriceType.get(request.priceType) ?? new Map<BarSize | null, RequestCost>();
    const cost = computeCost(request, budgets);
    cache.set(request.dataset, byPriceType.set(request.priceType, bySize.set(request.barSize, cost)));
    return cost;
  };
  return (request) => {
    const cost = priceFirst(request);
    return request.isFollowUp === true ? priceFollowUp(cost) : cost;
  };
}

function toFollowUpCost(cost: RequestCost, budgets: readonly Budget[]): RequestCost {
  const onlyRolling = (charges: readonly Charge[]): readonly Charge[] =>
    charges.filter(({ budget }) => budgets[budget]?.kind === 'rolling');
  return {
    ...cost,
    accountWide: onlyRolling(cost.accountWide),
    contract: onlyRolling(cost.contract),
    identical: onlyRolling(cost.identical),
    all: onlyRolling(cost.all),
  };
}

function computeCost(request: PacedRequest, budgets: readonly Budget[]): RequestCost {
  const all = budgets.flatMap((budget, index): Charge[] =>
    appliesTo(budget, request) ? [{ budget: index, weight: getWeight(budget, request) }] : [],
  );
  const inScopes = (...scopes: BudgetScope[]): Charge[] =>
    all.filter(({ budget }) => scopes.includes(budgets[budget]?.scope ?? 'account'));
  const accountWide = inScopes('account', 'connection');
  const packingWeight = accountWide.reduce((sum, { budget, weight }) => {
    const rollingBudget = budgets[budget];
    return rollingBudget?.kind === 'rolling' && !dividesEvenly(rollingBudget)
      ? sum + weight / rollingBudget.limit
      : sum;
  }, 0);
  return { all, accountWide, contract: inScopes('contract'), identical: inScopes('identical'), packingWeight };
}

function appliesTo({ datasets, barSizes }: Budget, { dataset, barSize }: PacedRequest): boolean {
  if (datasets?.includes(dataset) === false) return false;
  return barSizes === undefined || (barSize !== null && barSizes.includes(barSize));
}

/**
 * Limits the weight to the budget's limit: a heavier request is sent alone, at the risk of a violation. With its full weight
 * it would wait forever.
 */
function getWeight(budget: Budget, { priceType }: PacedRequest): number {
  if (budget.kind === 'open') return 1;
  const weight = priceType === null ? 1 : (budget.weights?.[priceType] ?? 1);
  return Math.min(weight, budget.limit);
}

/** Returns true when any order fills the limit: each weight divides the next larger one, and the largest the limit. */
function dividesEvenly({ limit, weights }: Extract<Budget, { kind: 'rolling' }>): boolean {
  const steps = [...new Set([1, ...Object.values(weights ?? {}), limit])].sort((a, b) => a - b);
  return steps.every((step, index) => index === 0 || step % (steps[index - 1] ?? 1) === 0);
}
