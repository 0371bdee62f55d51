import type { Duration, Instant } from '../core/time/time.js';
import { createCriticalPath } from './critical-path.js';
import { pacedSpan } from './request-cost.js';
import type { RequestCost } from './request-cost.js';
import type { Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { createNode, findNodes, nextIn, attach, precedes, detach, wake, nextWakeTime } from './request-tree.js';
import type { RequestNode, WaitingRequest } from './request-tree.js';

/** A request to send now. */
export interface Dispatch<T> {
  readonly waiting: WaitingRequest<T>;
  /** The instant at which the pacer counts it. */
  readonly at: Instant;
  /** The budget that it waited for last; null when none. */
  readonly blockedBy: string | null;
}

/**
 * Chooses among waiting requests. A request that the budgets allow is not delayed by earlier ones that they do not allow. Of
 * the allowed requests, the one with the lowest priority number is next, then one on the critical path, then the oldest.
 */
export interface RequestScheduler<T> {
  readonly size: number;
  add(request: PacedRequest, value: T, now: Instant): WaitingRequest<T>;
  /** Removes a waiting request. */
  drop(waiting: WaitingRequest<T>): void;
  /** Returns the next request to send, already spent; null when none may be sent. */
  next(now: Instant): Dispatch<T> | null;
  /** After `next` returned null: when to call it again. Infinity when a request has to be released or added first. */
  nextAt(): Instant;
  /** Returns a request that was not sent to its place, after its spend was refunded. */
  requeue(waiting: WaitingRequest<T>): void;
  /** Records that a request is no longer in flight. */
  release(request: PacedRequest): void;
  /** Rechecks the requests that share budgets with this one, which may be free before their time. */
  readonly wakeMatching: (request: PacedRequest) => void;
}

/** All requests of one cost on one connection. */
interface RequestKind<T> {
  readonly cost: RequestCost;
  readonly node: RequestNode<T>;
  /** The next request as far as narrow budgets allow; null when there is none. */
  first: WaitingRequest<T> | null;
  wakeAt: Instant;
  isOpen: boolean;
  blockedBy: string | null;
}

export function createRequestScheduler<T>(pacer: Pacer): RequestScheduler<T> {
  const kinds: RequestKind<T>[] = [];
  const kindsByCost = new Map<RequestCost, Map<string | null, RequestKind<T>>>();
  const criticalPath = createCriticalPath<T>(pacer);
  /** Waiting weight per budget. */
  const backlog = pacer.budgets.map(() => 0);
  let arrivals = 0;

  const getKind = (waiting: WaitingRequest<T>): RequestKind<T> => {
    const { request } = waiting;
    const cost = pacer.cost(request);
    const byConnection = kindsByCost.get(cost) ?? new Map<string | null, RequestKind<T>>();
    kindsByCost.set(cost, byConnection);
    const found = byConnection.get(request.connection);
    if (found !== undefined) return found;
    const node = createNode<T>('', null, cost.accountWide, request, waiting);
    const kind: RequestKind<T> = { cost, node, first: null, wakeAt: -Infinity, isOpen: true, blockedBy: null };
    byConnection.set(request.connection, kind);
    kinds.push(kind);
    return kind;
  };

  const getContractNode = ({ cost, node }: RequestKind<T>, request: PacedRequest): RequestNode<T> | null =>
    cost.contract.length > 0 ? (node.children?.get(request.contract) ?? null) : null;

  const enqueue = (waiting: WaitingRequest<T>): void => {
    const kind = getKind(waiting);
    attach(kind.node, kind.cost, waiting);
    for (const { budget, weight } of kind.cost.accountWide) backlog[budget] = (backlog[budget] ?? 0) + weight;
    const contract = getContractNode(kind, waiting.request);
    if (contract !== null) criticalPath.added(kind.node, contract, waiting.request);
  };

  const dequeue = (waiting: WaitingRequest<T>): void => {
    const kind = getKind(waiting);
    const contract = getContractNode(kind, waiting.request);
    if (contract !== null) criticalPath.removing(contract, waiting.request);
    for (const { budget, weight } of kind.cost.accountWide) backlog[budget] = (backlog[budget] ?? 0) - weight;
    detach(waiting);
  };

  const wakeMatching = (request: PacedRequest): void => {
    for (const { cost, node } of kinds) {
      for (const child of findNodes(node, cost, request)) {
        wake(child);
        criticalPath.woken(child);
      }
    }
  };

  /** Updates for each kind whether it may be sent, and its next request. */
  const updateKinds = (now: Instant): void => {
    for (const kind of kinds) {
      const { node } = kind;
      kind.first = null;
      kind.isOpen = false;
      kind.wakeAt = Infinity;
      if (node.count === 0) continue;
      const { sample } = node;
      const at = Math.max(pacer.earliestUnder(node.charges, sample, now), pacer.heldUntil(sample.dataset));
      kind.isOpen = at <= now;
      kind.first = nextIn(node, pacer, now);
      if (!kind.isOpen) kind.wakeAt = at;
      else if (kind.first === null) kind.wakeAt = nextWakeTime(node);
    }
  };

  /**
   * Returns true when sending a request of one kind now would delay a more urgent one: light requests could otherwise take
   * all capacity that a heavy one needs at once.
   */
  const wouldDelay = (kind: RequestKind<T>, urgent: RequestKind<T>, now: Instant): boolean => {
    for (const { budget, weight } of urgent.cost.accountWide) {
      const other = kind.cost.accountWide.find((charge) => charge.budget === budget);
      if (other === undefined || pacer.budgets[budget]?.kind !== 'rolling') continue;
      const both = { budget, weight: weight + other.weight };
      if (pacer.earliestUnder([both], urgent.node.sample, now) > urgent.wakeAt) return true;
    }
    return false;
  };

  const canDispatch = (kind: RequestKind<T>, first: WaitingRequest<T>, now: Instant): boolean =>
    kinds.every(
      (other) =>
        other.isOpen || other.first === null || other.first.priority >= first.priority || !wouldDelay(kind, other, now),
    );

  /** Returns the minimum time that the account budgets need for all waiting requests. */
  const remainingTime = (): Duration =>
    pacer.budgets.reduce((max, budget, index) => {
      if (budget.kind !== 'rolling' || budget.scope !== 'account') return max;
      return Math.max(max, (Math.ceil((backlog[index] ?? 0) / budget.limit) - 1) * pacedSpan(budget));
    }, 0);

  /** Finds a request that has to be sent now because its contract would otherwise end after all others. */
  const findCritical = (first: WaitingRequest<T>, now: Instant): WaitingRequest<T> | null => {
    const totalTime = remainingTime();
    let chosen: { readonly waiting: WaitingRequest<T>; readonly time: Duration } | null = null;
    for (const kind of kinds) {
      if (!kind.isOpen || kind.first === null) continue;
      const candidate = criticalPath.nextCritical(kind.node, now);
      if (candidate?.waiting.priority !== first.priority || candidate.time < totalTime) continue;
      if (!canDispatch(kind, candidate.waiting, now)) continue;
      if (chosen === null || candidate.time > chosen.time) chosen = candidate;
    }
    return chosen?.waiting ?? null;
  };

  const findBest = (now: Instant): WaitingRequest<T> | null => {
    let chosen: WaitingRequest<T> | null = null;
    let packingWeight = 0;
    for (const kind of kinds) {
      const { first } = kind;
      if (!kind.isOpen || first === null || !canDispatch(kind, first, now)) continue;
      if (chosen !== null && !goesBefore(first, kind.cost.packingWeight, chosen, packingWeight)) continue;
      chosen = first;
      packingWeight = kind.cost.packingWeight;
    }
    return chosen;
  };

  return {
    get size() {
      return kinds.reduce((sum, { node }) => sum + node.count, 0);
    },

    add: (request, value, now) => {
      const order = arrivals++;
      const waiting: WaitingRequest<T> = {
        index: -1,
        request,
        value,
        priority: request.priority,
        order,
        enqueuedAt: now,
        node: null,
      };
      enqueue(waiting);
      return waiting;
    },

    drop: dequeue,

    next: (now) => {
      updateKinds(now);
      const first = findBest(now);
      if (first === null) {
        for (const kind of kinds)
          // Charges of the whole kind only: the sample request may have been sent already.
          if (!kind.isOpen && kind.node.count > 0)
            kind.blockedBy = pacer.blockedBy(kind.node.sample, now, kind.cost.accountWide);
        return null;
      }
      const waiting = findCritical(first, now) ?? first;
      const kind = getKind(waiting);
      const blockedBy = waiting.node?.blockedBy ?? getContractNode(kind, waiting.request)?.blockedBy ?? kind.blockedBy;
      dequeue(waiting);
      return { waiting, at: pacer.spend(waiting.request, now), blockedBy };
    },

    nextAt: () => kinds.reduce((earliest, { wakeAt }) => Math.min(earliest, wakeAt), Infinity),

    requeue: (waiting) => {
      enqueue(waiting);
      wakeMatching(waiting.request);
    },

    release: (request) => {
      pacer.release(request);
      if (pacer.hasNarrowBudgets) wakeMatching(request);
    },

    wakeMatching,
  };
}

function goesBefore<T>(
  first: WaitingRequest<T>,
  packingWeight: number,
  other: WaitingRequest<T>,
  otherPackingWeight: number,
): boolean {
  if (first.priority === other.priority && packingWeight !== otherPackingWeight)
    return packingWeight > otherPackingWeight;
  return precedes(first, other);
}
