import type { Budget } from '../core/budget.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Duration, Instant } from '../core/time/time.js';
import { pacedSpan, createPricing } from './request-cost.js';
import type { Charge, RequestCost } from './request-cost.js';
import type { PacedRequest } from './paced-request.js';
import {
  findEarliestFit,
  dropUntil,
  getLastSpend,
  createSpending,
  clampTo,
  addSpend,
  notSent,
  refundSpend,
} from './spending.js';
import type { RollingLimit, Spending } from './spending.js';

/** The name under which waits for a pause that the provider demanded are reported. */
export const providerPauseName = 'provider pause';

/** Remaining amount of one budget: with several keys, that of the key with the least. */
export interface RemainingBudget {
  readonly name: string;
  readonly kind: Budget['kind'];
  readonly scope: Budget['scope'];
  readonly limit: number;
  readonly remaining: number;
}

/**
 * The place of a request in the rolling windows: before it leaves it may leave at any time, then it is on its way for at most
 * the `transit` of a budget, and its answer proves that it has arrived.
 */
export type SpendState =
  | { readonly kind: 'not-sent' }
  | { readonly kind: 'sent'; readonly at: Instant }
  | { readonly kind: 'arrived'; readonly sentAt: Instant; readonly at: Instant };

export const notSentYet: SpendState = { kind: 'not-sent' };

/**
 * Counts spends, and computes when the next one is allowed. Reads no clock: callers pass instants that never decrease.
 */
export interface Pacer {
  readonly budgets: readonly Budget[];
  cost(request: PacedRequest): RequestCost;
  /** Returns the first instant from `now` on at which a request may be sent; Infinity while it waits for another to end. */
  earliest(request: PacedRequest, now: Instant): Instant;
  /** The same for some of its charges only, without holds. */
  earliestUnder(charges: readonly Charge[], request: PacedRequest, now: Instant): Instant;
  /** Returns the end of the hold on a table. */
  heldUntil(dataset: Dataset): Instant;
  /** Returns the budget (or `provider pause`) that delays a request most, of the given charges; null when it may be sent. */
  blockedBy(request: PacedRequest, now: Instant, charges?: readonly Charge[]): string | null;
  /** Records that a request is sent, and returns the instant that it is counted at. */
  spend(request: PacedRequest, at: Instant): Instant;
  /** Undoes the spend of a request that was not sent. */
  refund(request: PacedRequest, at: Instant): void;
  /** Moves a spend when more is known about its request. */
  move(request: PacedRequest, from: SpendState, to: SpendState): void;
  /** Records that a request is no longer in flight. Its spend remains. */
  release(request: PacedRequest): void;
  /** Holds all requests, or those for one table, until an instant. A hold is never shortened. */
  hold(until: Instant, dataset: Dataset | null): void;
  /** True if a `release` can free a contract or an identical request, and not only the account or the connection. */
  readonly hasNarrowBudgets: boolean;
  /** True if a `move` can free a contract or an identical request. */
  readonly hasNarrowWindows: boolean;
  /** Adjusts to a clock that was set back to `now`: later spends count as spent now. */
  onClockSetBack(now: Instant): void;
  lastSpentAt(): Instant;
  remaining(now: Instant): readonly RemainingBudget[];
}

interface Meter extends RollingLimit {
  readonly budget: Budget;
  readonly spendings: Map<string, Spending>;
  readonly open: Map<string, number>;
  /** Number of keys above which expired ones are dropped. */
  maxKeys: number;
}

/** Creates the pacer of all budgets of a provider. */
export function createPacer(budgets: readonly Budget[]): Pacer {
  const meters = budgets.map(createMeter);
  const cost = createPricing(budgets);
  const holds = new Map<Dataset, Instant>();
  let allHeldUntil: Instant = -Infinity;
  let lastSpentAt: Instant = -Infinity;

  const earliestAt = ({ budget, weight }: Charge, request: PacedRequest, now: Instant): Instant => {
    const meter = meters[budget];
    if (meter === undefined) return now;
    const key = getBudgetKey(meter.budget, request);
    if (key === null) return now;
    if (meter.budget.kind === 'open') return (meter.open.get(key) ?? 0) < meter.limit ? now : Infinity;
    const spending = meter.spendings.get(key);
    return spending === undefined ? now : findEarliestFit(spending, meter, weight, now);
  };

  const earliestUnder = (charges: readonly Charge[], request: PacedRequest, now: Instant): Instant => {
    let at = now;
    for (const charge of charges) {
      const first = earliestAt(charge, request, now);
      if (first > at) at = first;
    }
    return at;
  };

  const heldUntil = (dataset: Dataset): Instant => Math.max(allHeldUntil, holds.get(dataset) ?? -Infinity);

  const release = (request: PacedRequest): void => {
    for (const { budget } of cost(request).all) {
      const meter = meters[budget];
      if (meter?.budget.kind !== 'open') continue;
      const key = getBudgetKey(meter.budget, request);
      if (key === null) continue;
      const open = (meter.open.get(key) ?? 0) - 1;
      if (open > 0) meter.open.set(key, open);
      else meter.open.delete(key);
    }
  };

  return {
    budgets,
    cost,
    earliestUnder,
    heldUntil,
    earliest: (request, now) => Math.max(earliestUnder(cost(request).all, request, now), heldUntil(request.dataset)),

    blockedBy: (request, now, charges = cost(request).all) => {
      let at = Math.max(now, heldUntil(request.dataset));
      let name = at > now ? providerPauseName : null;
      for (const charge of charges) {
        const first = earliestAt(charge, request, now);
        if (first <= at) continue;
        at = first;
        name = budgets[charge.budget]?.name ?? null;
      }
      return name;
    },

    spend: (request, requestedAt) => {
      const at = Math.max(requestedAt, lastSpentAt);
      lastSpentAt = at;
      for (const { budget, weight } of cost(request).all) {
        const meter = meters[budget];
        if (meter === undefined) continue;
        const key = getBudgetKey(meter.budget, request);
        if (key === null) continue;
        if (meter.budget.kind === 'open') meter.open.set(key, (meter.open.get(key) ?? 0) + 1);
        else addSpend(getSpending(meter, key, at), weight, at);
      }
      return at;
    },

    refund: (request, at) => {
      release(request);
      for (const { budget, weight } of cost(request).all) {
        const meter = meters[budget];
        if (meter === undefined) continue;
        const spending = meter.spendings.get(getBudgetKey(meter.budget, request) ?? '');
        if (spending !== undefined) refundSpend(spending, weight, at);
      }
    },

    move: (request, from, to) => {
      for (const { budget, weight } of cost(request).all) {
        const meter = meters[budget];
        if (meter?.budget.kind !== 'rolling') continue;
        const { transit = 0 } = meter.budget;
        const spending = meter.spendings.get(getBudgetKey(meter.budget, request) ?? '');
        const [oldTime, newTime] = [toSpendTime(from, transit), toSpendTime(to, transit)];
        if (spending === undefined || oldTime === newTime) continue;
        if (refundSpend(spending, weight, oldTime)) addSpend(spending, weight, newTime);
      }
    },

    release,

    hold: (until, dataset) => {
      if (dataset === null) allHeldUntil = Math.max(allHeldUntil, until);
      else holds.set(dataset, Math.max(holds.get(dataset) ?? -Infinity, until));
    },

    hasNarrowBudgets: budgets.some(
      ({ kind, scope }) => kind === 'open' && scope !== 'account' && scope !== 'connection',
    ),
    hasNarrowWindows: budgets.some(
      ({ kind, scope }) => kind === 'rolling' && scope !== 'account' && scope !== 'connection',
    ),

    onClockSetBack: (now) => {
      lastSpentAt = Math.min(lastSpentAt, now);
      for (const meter of meters) for (const spending of meter.spendings.values()) clampTo(spending, now);
    },

    lastSpentAt: () => lastSpentAt,
    remaining: (now) => meters.map((meter) => computeRemaining(meter, now)),
  };
}

function toSpendTime(state: SpendState, transit: Duration): Instant {
  switch (state.kind) {
    case 'not-sent':
      return notSent;
    case 'sent':
      return state.at + transit;
    case 'arrived':
      return Math.min(state.at, state.sentAt + transit);
  }
}

function createMeter(budget: Budget): Meter {
  const span = budget.kind === 'rolling' ? pacedSpan(budget) : Infinity;
  return { budget, limit: budget.limit, span, spendings: new Map(), open: new Map(), maxKeys: 1024 };
}

/** Returns the key of the requests that share this budget; null when it does not count the request. */
function getBudgetKey({ scope }: Budget, request: PacedRequest): string | null {
  switch (scope) {
    case 'account':
      return '';
    case 'contract':
      return request.contract;
    case 'identical':
      return request.identical;
    case 'connection':
      return request.connection;
  }
}

function getSpending(meter: Meter, key: string, now: Instant): Spending {
  const found = meter.spendings.get(key);
  if (found !== undefined) return found;
  if (meter.spendings.size >= meter.maxKeys) {
    for (const [old, spending] of meter.spendings) {
      const last = getLastSpend(spending);
      if (last === null || last + meter.span <= now) meter.spendings.delete(old);
    }
    meter.maxKeys = Math.max(1024, 2 * meter.spendings.size);
  }
  const spending = createSpending();
  meter.spendings.set(key, spending);
  return spending;
}

function computeRemaining({ budget, limit, span, spendings, open }: Meter, now: Instant): RemainingBudget {
  let used = 0;
  for (const count of open.values()) used = Math.max(used, count);
  for (const spending of spendings.values()) {
    dropUntil(spending, now - span);
    used = Math.max(used, spending.total);
  }
  return { name: budget.name, kind: budget.kind, scope: budget.scope, limit, remaining: Math.max(0, limit - used) };
}
