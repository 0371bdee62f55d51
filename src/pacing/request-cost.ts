import type { BarSize, PriceType } from '../core/tables/bars.js';
import type { Budget, BudgetScope } from '../core/budget.js';
import type { Dataset } from '../core/tables/tables.js';
import { second } from '../core/time/time.js';
import type { Duration } from '../core/time/time.js';
import type { PacedRequest } from './paced-request.js';

/** One budget that a request falls under, and what it costs there. */
export interface Charge {
  /** The budget's place in the list of budgets. */
  readonly budget: number;
  readonly weight: number;
}

/** Everything a kind of request costs. Requests of one kind share this very object. */
export interface RequestCost {
  /** Budgets shared by many: of the account and of the connection. */
  readonly accountWide: readonly Charge[];
  readonly contract: readonly Charge[];
  readonly identical: readonly Charge[];
  readonly all: readonly Charge[];
  /**
   * Among equals the higher goes first. It is 0 unless a budget's weights fill its limit badly (3 with twos and ones): there
   * the heavy have to go first, so that light ones are left to fill what they leave over.
   */
  readonly packingWeight: number;
}

/** The length of the window that is really kept: the source's, and a margin for the way there. */
export function pacedSpan(budget: Extract<Budget, { kind: 'rolling' }>): Duration {
  return budget.span + (budget.margin ?? Math.min(budget.span / 200, second / 4));
}

/** A function that tells what a request costs under some budgets. */
export function createPricing(budgets: readonly Budget[]): (request: PacedRequest) => RequestCost {
  // Nested, because putting a key together for every question took longer than everything else about a choice.
  const cache = new Map<Dataset, Map<PriceType | null, Map<BarSize | null, RequestCost>>>();
  return (request) => {
    const found = cache.get(request.dataset)?.get(request.priceType)?.get(request.barSize);
    if (found !== undefined) return found;
    const byPriceType = cache.get(request.dataset) ?? new Map<PriceType | null, Map<BarSize | null, RequestCost>>();
    const bySize = byPriceType.get(request.priceType) ?? new Map<BarSize | null, RequestCost>();
    const cost = computeCost(request, budgets);
    cache.set(request.dataset, byPriceType.set(request.priceType, bySize.set(request.barSize, cost)));
    return cost;
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
 * A request heavier than the whole limit is counted as filling it: it goes alone, and the source says what it thinks of
 * that. Counted in full it would wait forever.
 */
function getWeight(budget: Budget, { priceType }: PacedRequest): number {
  if (budget.kind === 'open') return 1;
  const weight = priceType === null ? 1 : (budget.weights?.[priceType] ?? 1);
  return Math.min(weight, budget.limit);
}

/** Whether any order fills the limit: every weight divides the next larger one, and the largest divides the limit. */
function dividesEvenly({ limit, weights }: Extract<Budget, { kind: 'rolling' }>): boolean {
  const steps = [...new Set([1, ...Object.values(weights ?? {}), limit])].sort((a, b) => a - b);
  return steps.every((step, index) => index === 0 || step % (steps[index - 1] ?? 1) === 0);
}
