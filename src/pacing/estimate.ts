import type { Budget } from '../core/budget.js';
import type { Duration, Instant } from '../core/time.js';
import { pacedSpan, pricing } from './charges.js';
import type { Charge, Cost } from './charges.js';
import type { PacedRequest } from './paced-request.js';
import { earliestFor, nothingSpent, spendOn } from './spending.js';
import type { RollingLimit, Spending } from './spending.js';

/**
 * How long requests take from the first going to the last answer, when all may go from the start, nothing was spent before
 * and every answer takes `latency`.
 *
 * What the account and the connection allow is played through, kind by kind of request; what single contracts allow is
 * only added up, because the scheduler begins with long ones early enough for them to end with the rest.
 */
export function estimateMakespan(
  requests: readonly PacedRequest[],
  budgets: readonly Budget[],
  concurrency: number,
  latency: Duration,
): Duration {
  if (requests.length === 0) return 0;
  if (budgets.length === 0) return Math.ceil(requests.length / concurrency) * latency;
  const price = pricing(budgets);
  return Math.max(
    playThrough(kindsOf(requests, price, budgets, concurrency, latency)) + latency,
    slowestKey(requests, price, budgets, latency),
  );
}

/** Requests that are alike as far as wide budgets go. */
interface Kind {
  readonly cost: Cost;
  /** The places of its requests in the whole list. */
  readonly places: number[];
  next: number;
  readonly windows: readonly Window[];
}

/** A rolling window and what one request weighs in it. */
interface Window {
  readonly limit: RollingLimit;
  readonly spending: Spending;
  readonly weight: number;
}

function kindsOf(
  requests: readonly PacedRequest[],
  price: (request: PacedRequest) => Cost,
  budgets: readonly Budget[],
  concurrency: number,
  latency: Duration,
): Kind[] {
  const spendings = new Map<string, Spending>();
  const shared = (key: string): Spending => {
    const spending = spendings.get(key) ?? nothingSpent();
    spendings.set(key, spending);
    return spending;
  };
  const kinds = new Map<Cost, Map<string | null, Kind>>();
  requests.forEach((request, place) => {
    const cost = price(request);
    const { connection } = request;
    const byConnection = kinds.get(cost) ?? new Map<string | null, Kind>();
    kinds.set(cost, byConnection);
    let kind = byConnection.get(connection);
    if (kind === undefined) {
      const atOnce = { limit: { limit: concurrency, span: latency }, spending: shared('concurrency'), weight: 1 };
      const windows = cost.wide.flatMap((charge): Window[] => {
        const budget = budgets[charge.budget];
        if (budget === undefined) return [];
        const key = `${charge.budget} ${budget.scope === 'connection' ? (connection ?? '') : ''}`;
        return [{ limit: limitOf(budget, latency), spending: shared(key), weight: charge.weight }];
      });
      kind = { cost, places: [], next: 0, windows: [...windows, atOnce] };
      byConnection.set(connection, kind);
    }
    kind.places.push(place);
  });
  return [...kinds.values()].flatMap((byConnection) => [...byConnection.values()]);
}

/** A limit on what is under way is a rolling window too, when everything is under way equally long. */
function limitOf(budget: Budget, latency: Duration): RollingLimit {
  return { limit: budget.limit, span: budget.kind === 'rolling' ? pacedSpan(budget) : latency };
}

/** When the last request goes, if whatever may go first always does. */
function playThrough(kinds: readonly Kind[]): Instant {
  let now: Instant = 0;
  for (;;) {
    let chosen: Kind | null = null;
    let soonest: Instant = Infinity;
    for (const kind of kinds) {
      if (kind.next >= kind.places.length) continue;
      const at = kind.windows.reduce(
        (latest, { limit, spending, weight }) => Math.max(latest, earliestFor(spending, limit, weight, now)),
        now,
      );
      if (chosen !== null && (at > soonest || (at === soonest && !goesBefore(kind, chosen)))) continue;
      chosen = kind;
      soonest = at;
    }
    if (chosen === null) return now;
    now = soonest;
    chosen.next++;
    for (const { spending, weight } of chosen.windows) spendOn(spending, weight, now);
  }
}

function goesBefore(kind: Kind, other: Kind): boolean {
  if (kind.cost.heft !== other.cost.heft) return kind.cost.heft > other.cost.heft;
  return (kind.places[kind.next] ?? 0) < (other.places[other.next] ?? 0);
}

/** How long the slowest contract, or the slowest repetition of one and the same request, takes by itself. */
function slowestKey(
  requests: readonly PacedRequest[],
  price: (request: PacedRequest) => Cost,
  budgets: readonly Budget[],
  latency: Duration,
): Duration {
  const weights = budgets.map(() => new Map<string, number>());
  const add = (key: string, { budget, weight }: Charge): void => {
    const byKey = weights[budget];
    byKey?.set(key, (byKey.get(key) ?? 0) + weight);
  };
  for (const request of requests) {
    const { contract, identical } = price(request);
    for (const charge of contract) add(request.contract, charge);
    for (const charge of identical) add(request.identical, charge);
  }
  return budgets.reduce((slowest, budget, index) => {
    let heaviest = 0;
    for (const weight of weights[index]?.values() ?? []) heaviest = Math.max(heaviest, weight);
    const { limit, span } = limitOf(budget, latency);
    return Math.max(slowest, (Math.ceil(heaviest / limit) - 1) * span + latency);
  }, 0);
}
