import type { BarSize, What } from '../core/bars.js';
import type { Budget, BudgetScope } from '../core/budget.js';
import type { Dataset } from '../core/tables.js';
import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import type { PacedRequest } from './paced-request.js';

/** One budget that a request falls under, and what it costs there. */
export interface Charge {
  /** The budget's place in the list of budgets. */
  readonly budget: number;
  readonly weight: number;
}

/** Everything a kind of request costs. Requests of one kind share this very object. */
export interface Cost {
  /** Budgets shared by many: of the account and of the connection. */
  readonly wide: readonly Charge[];
  readonly contract: readonly Charge[];
  readonly identical: readonly Charge[];
  readonly all: readonly Charge[];
  /**
   * Among equals the higher goes first. It is 0 unless a budget's weights fill its limit badly (3 with twos and ones): there
   * the heavy have to go first, so that light ones are left to fill what they leave over.
   */
  readonly heft: number;
}

/** The length of the window that is really kept: the source's, and a margin for the way there. */
export function pacedSpan(budget: Extract<Budget, { kind: 'rolling' }>): Duration {
  return budget.span + (budget.margin ?? Math.min(budget.span / 200, second / 4));
}

/** A function that tells what a request costs under some budgets. */
export function pricing(budgets: readonly Budget[]): (request: PacedRequest) => Cost {
  // Nested, because putting a key together for every question took longer than everything else about a choice.
  const known = new Map<Dataset, Map<What | null, Map<BarSize | null, Cost>>>();
  return (request) => {
    const found = known.get(request.dataset)?.get(request.what)?.get(request.barSize);
    if (found !== undefined) return found;
    const byWhat = known.get(request.dataset) ?? new Map<What | null, Map<BarSize | null, Cost>>();
    const bySize = byWhat.get(request.what) ?? new Map<BarSize | null, Cost>();
    const cost = costOf(request, budgets);
    known.set(request.dataset, byWhat.set(request.what, bySize.set(request.barSize, cost)));
    return cost;
  };
}

function costOf(request: PacedRequest, budgets: readonly Budget[]): Cost {
  const all = budgets.flatMap((budget, index): Charge[] =>
    applies(budget, request) ? [{ budget: index, weight: weightOf(budget, request) }] : [],
  );
  const within = (...scopes: BudgetScope[]): Charge[] =>
    all.filter(({ budget }) => scopes.includes(budgets[budget]?.scope ?? 'account'));
  const wide = within('account', 'connection');
  const heft = wide.reduce((sum, { budget, weight }) => {
    const limited = budgets[budget];
    return limited?.kind === 'rolling' && !fillsEvenly(limited) ? sum + weight / limited.limit : sum;
  }, 0);
  return { all, wide, contract: within('contract'), identical: within('identical'), heft };
}

function applies({ datasets, barSizes }: Budget, { dataset, barSize }: PacedRequest): boolean {
  if (datasets?.includes(dataset) === false) return false;
  return barSizes === undefined || (barSize !== null && barSizes.includes(barSize));
}

/**
 * A request heavier than the whole limit is counted as filling it: it goes alone, and the source says what it thinks of
 * that. Counted in full it would wait forever.
 */
function weightOf(budget: Budget, { what }: PacedRequest): number {
  if (budget.kind === 'open') return 1;
  const weight = what === null ? 1 : (budget.weights?.[what] ?? 1);
  return Math.min(weight, budget.limit);
}

/** Whether any order fills the limit: every weight divides the next larger one, and the largest divides the limit. */
function fillsEvenly({ limit, weights }: Extract<Budget, { kind: 'rolling' }>): boolean {
  const steps = [...new Set([1, ...Object.values(weights ?? {}), limit])].sort((a, b) => a - b);
  return steps.every((step, index) => index === 0 || step % (steps[index - 1] ?? 1) === 0);
}
