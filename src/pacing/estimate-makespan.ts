import type { Budget } from '../core/budget.js';
import type { Duration, Instant } from '../core/time/time.js';
import { pacedSpan, createPricing } from './request-cost.js';
import type { Charge, RequestCost } from './request-cost.js';
import type { PacedRequest } from './paced-request.js';
import { findEarliestFit, createSpending, addSpend } from './spending.js';
import type { RollingLimit, Spending } from './spending.js';

/**
 * Estimates the time from the first request to the last answer, with empty budgets at the start and a constant latency.
 *
 * Budgets of the account and the connection are simulated per group of equal requests. Budgets of contracts are only summed
 * up, because the scheduler starts the slowest contracts early enough.
 */
export function estimateMakespan(
  requests: readonly PacedRequest[],
  budgets: readonly Budget[],
  concurrency: number,
  latency: Duration,
): Duration {
  if (requests.length === 0) return 0;
  if (budgets.length === 0) return Math.ceil(requests.length / concurrency) * latency;
  const priceRequest = createPricing(budgets);
  return Math.max(
    simulate(groupRequests(requests, priceRequest, budgets, concurrency, latency)) + latency,
    estimateSlowestKey(requests, priceRequest, budgets, latency),
  );
}

/** Requests with equal account-wide charges. */
interface RequestGroup {
  readonly cost: RequestCost;
  /** Indices of its requests in the whole list. */
  readonly indices: number[];
  next: number;
  readonly windows: readonly BudgetWindow[];
}

/** A rolling window, and the weight of one request in it. */
interface BudgetWindow {
  readonly limit: RollingLimit;
  readonly spending: Spending;
  readonly weight: number;
}

function groupRequests(
  requests: readonly PacedRequest[],
  priceRequest: (request: PacedRequest) => RequestCost,
  budgets: readonly Budget[],
  concurrency: number,
  latency: Duration,
): RequestGroup[] {
  const spendings = new Map<string, Spending>();
  const getSpending = (key: string): Spending => {
    const spending = spendings.get(key) ?? createSpending();
    spendings.set(key, spending);
    return spending;
  };
  const groups = new Map<RequestCost, Map<string | null, RequestGroup>>();
  requests.forEach((request, index) => {
    const cost = priceRequest(request);
    const { connection } = request;
    const byConnection = groups.get(cost) ?? new Map<string | null, RequestGroup>();
    groups.set(cost, byConnection);
    let group = byConnection.get(connection);
    if (group === undefined) {
      const concurrencyWindow = {
        limit: { limit: concurrency, span: latency },
        spending: getSpending('concurrency'),
        weight: 1,
      };
      const windows = cost.accountWide.flatMap((charge): BudgetWindow[] => {
        const budget = budgets[charge.budget];
        if (budget === undefined) return [];
        const key = `${charge.budget} ${budget.scope === 'connection' ? (connection ?? '') : ''}`;
        return [{ limit: toRollingLimit(budget, latency), spending: getSpending(key), weight: charge.weight }];
      });
      group = { cost, indices: [], next: 0, windows: [...windows, concurrencyWindow] };
      byConnection.set(connection, group);
    }
    group.indices.push(index);
  });
  return [...groups.values()].flatMap((byConnection) => [...byConnection.values()]);
}

/** With constant latency, a limit on requests in flight is a rolling window as well. */
function toRollingLimit(budget: Budget, latency: Duration): RollingLimit {
  return { limit: budget.limit, span: budget.kind === 'rolling' ? pacedSpan(budget) : latency };
}

/** Simulates sending, always the request that may go first, and returns the time of the last one. */
function simulate(groups: readonly RequestGroup[]): Instant {
  let now: Instant = 0;
  for (;;) {
    let chosen: RequestGroup | null = null;
    let earliest: Instant = Infinity;
    for (const group of groups) {
      if (group.next >= group.indices.length) continue;
      const at = group.windows.reduce(
        (latest, { limit, spending, weight }) => Math.max(latest, findEarliestFit(spending, limit, weight, now)),
        now,
      );
      if (chosen !== null && (at > earliest || (at === earliest && !goesBefore(group, chosen)))) continue;
      chosen = group;
      earliest = at;
    }
    if (chosen === null) return now;
    now = earliest;
    chosen.next++;
    for (const { spending, weight } of chosen.windows) addSpend(spending, weight, now);
  }
}

function goesBefore(group: RequestGroup, other: RequestGroup): boolean {
  if (group.cost.packingWeight !== other.cost.packingWeight) return group.cost.packingWeight > other.cost.packingWeight;
  return (group.indices[group.next] ?? 0) < (other.indices[other.next] ?? 0);
}

/** Estimates the time of the slowest contract, or of the slowest group of identical requests, on its own. */
function estimateSlowestKey(
  requests: readonly PacedRequest[],
  priceRequest: (request: PacedRequest) => RequestCost,
  budgets: readonly Budget[],
  latency: Duration,
): Duration {
  const weights = budgets.map(() => new Map<string, number>());
  const addWeight = (key: string, { budget, weight }: Charge): void => {
    const byKey = weights[budget];
    byKey?.set(key, (byKey.get(key) ?? 0) + weight);
  };
  for (const request of requests) {
    const { contract, identical } = priceRequest(request);
    for (const charge of contract) addWeight(request.contract, charge);
    for (const charge of identical) addWeight(request.identical, charge);
  }
  return budgets.reduce((slowest, budget, index) => {
    let heaviest = 0;
    for (const weight of weights[index]?.values() ?? []) heaviest = Math.max(heaviest, weight);
    const { limit, span } = toRollingLimit(budget, latency);
    return Math.max(slowest, (Math.ceil(heaviest / limit) - 1) * span + latency);
  }, 0);
}
