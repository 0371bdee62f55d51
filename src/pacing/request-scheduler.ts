import type { Duration, Instant } from '../core/time/time.js';
import { createCriticalPath } from './critical-path.js';
import { pacedSpan } from './request-cost.js';
import type { Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { createRequestKinds } from './request-kinds.js';
import type { RequestKind } from './request-kinds.js';
import { findNodes, attach, precedes, detach, wake } from './request-tree.js';
import type { RequestNode, WaitingRequest } from './request-tree.js';

/** A request to send now. */
export interface Dispatch<T> {
  readonly waiting: WaitingRequest<T>;
  /** The instant at which the pacer counts it. */
  at: Instant;
  /** The budget that it waited for last; null when none. */
  readonly blockedBy: string | null;
  /** True if the request leaves some time after it was allowed to. */
  leavesLater?: boolean;
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
  /**
   * Returns the instant at which to call `next` again after it returned null; Infinity when a request has to be
   * released or added first.
   */
  nextAt(): Instant;
  /** Returns a request that was not sent to its place, after its spend was refunded. */
  requeue(waiting: WaitingRequest<T>): void;
  /** Records that a request is no longer in flight. */
  release(request: PacedRequest): void;
  /** Rechecks the requests that share budgets with this one, which may be free before their time. */
  readonly wakeMatching: (request: PacedRequest) => void;
}

export function createRequestScheduler<T>(pacer: Pacer): RequestScheduler<T> {
  const kinds = createRequestKinds<T>(pacer);
  const criticalPath = createCriticalPath<T>(pacer);
  /** Waiting weight per budget. */
  const backlog = pacer.budgets.map(() => 0);
  let arrivals = 0;

  const getContractNode = ({ cost, node }: RequestKind<T>, request: PacedRequest): RequestNode<T> | null =>
    cost.contract.length > 0 ? (node.children?.get(request.contract) ?? null) : null;

  const enqueue = (waiting: WaitingRequest<T>): void => {
    const kind = kinds.get(waiting);
    attach(kind.node, kind.cost, waiting);
    for (const { budget, weight } of kind.cost.accountWide) backlog[budget] = (backlog[budget] ?? 0) + weight;
    const contract = getContractNode(kind, waiting.request);
    if (contract !== null) criticalPath.added(kind.node, contract, waiting.request);
  };

  const dequeue = (waiting: WaitingRequest<T>): void => {
    const kind = kinds.get(waiting);
    const contract = getContractNode(kind, waiting.request);
    if (contract !== null) criticalPath.removing(contract, waiting.request);
    for (const { budget, weight } of kind.cost.accountWide) backlog[budget] = (backlog[budget] ?? 0) - weight;
    detach(waiting);
  };

  const wakeMatching = (request: PacedRequest): void => {
    for (const { cost, node } of kinds.all) {
      for (const child of findNodes(node, cost, request)) {
        wake(child);
        criticalPath.woken(child);
      }
    }
  };

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
    for (const kind of kinds.all) {
      if (!kind.isOpen || kind.first === null) continue;
      const candidate = criticalPath.nextCritical(kind.node, now);
      if (candidate?.waiting.priority !== first.priority || candidate.time < totalTime) continue;
      if (!kinds.canDispatch(kind, candidate.waiting, now)) continue;
      if (chosen === null || candidate.time > chosen.time) chosen = candidate;
    }
    return chosen?.waiting ?? null;
  };

  const findBest = (now: Instant): WaitingRequest<T> | null => {
    let chosen: WaitingRequest<T> | null = null;
    let packingWeight = 0;
    for (const kind of kinds.all) {
      const { first } = kind;
      if (!kind.isOpen || first === null || !kinds.canDispatch(kind, first, now)) continue;
      if (chosen !== null && !goesBefore(first, kind.cost.packingWeight, chosen, packingWeight)) continue;
      chosen = first;
      packingWeight = kind.cost.packingWeight;
    }
    return chosen;
  };

  return {
    get size() {
      return kinds.all.reduce((sum, { node }) => sum + node.count, 0);
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
      kinds.update(now);
      const first = findBest(now);
      if (first === null) {
        for (const kind of kinds.all)
          // Charges of the whole kind only: the sample request may have been sent already.
          if (!kind.isOpen && kind.node.count > 0) {
            kind.blockedBy = pacer.blockedBy(kind.node.sample, now, kind.cost.accountWide);
            kind.blockedUntil = kind.wakeAt;
          }
        return null;
      }
      const waiting = findCritical(first, now) ?? first;
      const kind = kinds.get(waiting);
      const blockedBy = getLastBlocker(waiting.node, getContractNode(kind, waiting.request), kind);
      dequeue(waiting);
      return { waiting, at: pacer.spend(waiting.request, now), blockedBy };
    },

    nextAt: () => kinds.all.reduce((earliest, { wakeAt }) => Math.min(earliest, wakeAt), Infinity),

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

/** Returns the budget whose wait ended last: a contract may have been blocked for a second, and then the account for minutes. */
function getLastBlocker<T>(
  narrow: RequestNode<T> | null,
  contract: RequestNode<T> | null,
  kind: RequestKind<T>,
): string | null {
  let name = kind.blockedBy;
  let until = name === null ? -Infinity : kind.blockedUntil;
  for (const node of [contract, narrow]) {
    if (node === null) continue;
    const { blockedBy, wakeAt } = node;
    if (blockedBy === null || wakeAt < until) continue;
    name = blockedBy;
    until = wakeAt;
  }
  return name;
}
