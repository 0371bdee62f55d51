import type { Duration, Instant } from '../core/time.js';
import { createChains } from './chains.js';
import { pacedSpan } from './charges.js';
import type { Cost } from './charges.js';
import type { Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { bareBranch, branchesFor, firstOn, hang, ranksBefore, takeOff, wake, wakesAt } from './waiting.js';
import type { Branch, Waiting } from './waiting.js';

/** A request that goes now. */
export interface Departure<T> {
  readonly waiting: Waiting<T>;
  /** The instant at which the pacer counts it. */
  readonly at: Instant;
  /** The budget that it was last seen waiting for; null when none. */
  readonly blockedBy: string | null;
}

/**
 * Chooses among requests that wait. Whatever may go goes at once, however much that is in front of it may not; among those
 * that may go, a lower priority number goes first, then what would otherwise make the whole take longer, then what came first.
 */
export interface Scheduler<T> {
  readonly size: number;
  add(request: PacedRequest, value: T, now: Instant): Waiting<T>;
  /** It no longer wants to go. */
  drop(waiting: Waiting<T>): void;
  /** The next request to go now, already spent; null when none may go. */
  next(now: Instant): Departure<T> | null;
  /** After `next` gave null: when to ask again. Infinity when something has to be released or added first. */
  nextAt(): Instant;
  /** A request that did not go after all, and whose spending was taken back, waits again in its old place. */
  putBack(waiting: Waiting<T>): void;
  /** A request is no longer under way. */
  release(request: PacedRequest): void;
  /** Budgets of these keys may have become free before their time. */
  readonly stir: (request: PacedRequest) => void;
}

/** All requests of one cost on one connection. */
interface Kind<T> {
  readonly cost: Cost;
  readonly branch: Branch<T>;
  /** Null while the wide budgets keep it; otherwise what may go first. */
  first: Waiting<T> | null;
  wakeAt: Instant;
  open: boolean;
  blockedBy: string | null;
}

/** Makes an empty queue in front of a pacer. */
export function createScheduler<T>(pacer: Pacer): Scheduler<T> {
  const kinds: Kind<T>[] = [];
  const kindOf = new Map<Cost, Map<string | null, Kind<T>>>();
  const chains = createChains<T>(pacer);
  /** The weight that waits for each budget. */
  const backlog = pacer.budgets.map(() => 0);
  let arrivals = 0;

  const kindFor = (waiting: Waiting<T>): Kind<T> => {
    const { request } = waiting;
    const cost = pacer.cost(request);
    const byConnection = kindOf.get(cost) ?? new Map<string | null, Kind<T>>();
    kindOf.set(cost, byConnection);
    const found = byConnection.get(request.connection);
    if (found !== undefined) return found;
    const branch = bareBranch<T>('', null, cost.wide, request, waiting);
    const kind: Kind<T> = { cost, branch, first: null, wakeAt: -Infinity, open: true, blockedBy: null };
    byConnection.set(request.connection, kind);
    kinds.push(kind);
    return kind;
  };

  const contractBranch = ({ cost, branch }: Kind<T>, request: PacedRequest): Branch<T> | null =>
    cost.contract.length > 0 ? (branch.twigs?.get(request.contract) ?? null) : null;

  const enter = (waiting: Waiting<T>): void => {
    const kind = kindFor(waiting);
    hang(kind.branch, kind.cost, waiting);
    for (const { budget, weight } of kind.cost.wide) backlog[budget] = (backlog[budget] ?? 0) + weight;
    const contract = contractBranch(kind, waiting.request);
    if (contract !== null) chains.grew(kind.branch, contract, waiting.request);
  };

  const leave = (waiting: Waiting<T>): void => {
    const kind = kindFor(waiting);
    const contract = contractBranch(kind, waiting.request);
    if (contract !== null) chains.shrinks(contract, waiting.request);
    for (const { budget, weight } of kind.cost.wide) backlog[budget] = (backlog[budget] ?? 0) - weight;
    takeOff(waiting);
  };

  const stir = (request: PacedRequest): void => {
    for (const { cost, branch } of kinds) {
      for (const twig of branchesFor(branch, cost, request)) {
        wake(twig);
        chains.stirred(twig);
      }
    }
  };

  /** Sees which kinds may go, and what would go first of each. */
  const look = (now: Instant): void => {
    for (const kind of kinds) {
      const { branch } = kind;
      kind.first = null;
      kind.open = false;
      kind.wakeAt = Infinity;
      if (branch.count === 0) continue;
      const { sample } = branch;
      const at = Math.max(pacer.earliestUnder(branch.charges, sample, now), pacer.heldUntil(sample.dataset));
      kind.open = at <= now;
      kind.first = firstOn(branch, pacer, now);
      if (!kind.open) kind.wakeAt = at;
      else if (kind.first === null) kind.wakeAt = wakesAt(branch);
    }
  };

  /**
   * Whether letting a request of one kind go now would make a more urgent one wait longer: light requests could otherwise
   * take every bit of room that a heavy one needs two of.
   */
  const postpones = (kind: Kind<T>, urgent: Kind<T>, now: Instant): boolean => {
    for (const { budget, weight } of urgent.cost.wide) {
      const other = kind.cost.wide.find((charge) => charge.budget === budget);
      if (other === undefined || pacer.budgets[budget]?.kind !== 'rolling') continue;
      const both = { budget, weight: weight + other.weight };
      if (pacer.earliestUnder([both], urgent.branch.sample, now) > urgent.wakeAt) return true;
    }
    return false;
  };

  const mayGo = (kind: Kind<T>, first: Waiting<T>, now: Instant): boolean =>
    kinds.every(
      (other) =>
        other.open || other.first === null || other.first.priority >= first.priority || !postpones(kind, other, now),
    );

  /** How long the budgets of the account will take at least over everything that waits. */
  const remaining = (): Duration =>
    pacer.budgets.reduce((longest, budget, index) => {
      if (budget.kind !== 'rolling' || budget.scope !== 'account') return longest;
      return Math.max(longest, (Math.ceil((backlog[index] ?? 0) / budget.limit) - 1) * pacedSpan(budget));
    }, 0);

  /** What has to go now lest its contract alone make the whole take longer. */
  const critical = (first: Waiting<T>, now: Instant): Waiting<T> | null => {
    const enough = remaining();
    let chosen: { readonly waiting: Waiting<T>; readonly time: Duration } | null = null;
    for (const kind of kinds) {
      if (!kind.open || kind.first === null) continue;
      const long = chains.longest(kind.branch, now);
      if (long?.waiting.priority !== first.priority || long.time < enough) continue;
      if (!mayGo(kind, long.waiting, now)) continue;
      if (chosen === null || long.time > chosen.time) chosen = long;
    }
    return chosen?.waiting ?? null;
  };

  const best = (now: Instant): Waiting<T> | null => {
    let chosen: Waiting<T> | null = null;
    let heft = 0;
    for (const kind of kinds) {
      const { first } = kind;
      if (!kind.open || first === null || !mayGo(kind, first, now)) continue;
      if (chosen !== null && !goesBefore(first, kind.cost.heft, chosen, heft)) continue;
      chosen = first;
      heft = kind.cost.heft;
    }
    return chosen;
  };

  return {
    get size() {
      return kinds.reduce((sum, { branch }) => sum + branch.count, 0);
    },

    add: (request, value, now) => {
      const order = arrivals++;
      const waiting: Waiting<T> = {
        place: -1,
        request,
        value,
        priority: request.priority,
        order,
        since: now,
        branch: null,
      };
      enter(waiting);
      return waiting;
    },

    drop: leave,

    next: (now) => {
      look(now);
      const first = best(now);
      if (first === null) {
        for (const kind of kinds)
          // Only what holds for all of the kind: the sample itself may have gone long ago.
          if (!kind.open && kind.branch.count > 0)
            kind.blockedBy = pacer.blockedBy(kind.branch.sample, now, kind.cost.wide);
        return null;
      }
      const waiting = critical(first, now) ?? first;
      const kind = kindFor(waiting);
      const blockedBy = waiting.branch?.blockedBy ?? contractBranch(kind, waiting.request)?.blockedBy ?? kind.blockedBy;
      leave(waiting);
      return { waiting, at: pacer.spend(waiting.request, now), blockedBy };
    },

    nextAt: () => kinds.reduce((soonest, { wakeAt }) => Math.min(soonest, wakeAt), Infinity),

    putBack: (waiting) => {
      enter(waiting);
      stir(waiting.request);
    },

    release: (request) => {
      pacer.release(request);
      if (pacer.opensNarrowly) stir(request);
    },

    stir,
  };
}

function goesBefore<T>(first: Waiting<T>, heft: number, other: Waiting<T>, otherHeft: number): boolean {
  if (first.priority === other.priority && heft !== otherHeft) return heft > otherHeft;
  return ranksBefore(first, other);
}
