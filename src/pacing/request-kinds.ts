import type { Instant } from '../core/time/time.js';
import type { RequestCost } from './request-cost.js';
import type { Pacer } from './pacer.js';
import { createNode, findNext, nextWakeTime } from './request-tree.js';
import type { RequestNode, WaitingRequest } from './request-tree.js';

/** All requests of one cost on one connection. */
export interface RequestKind<T> {
  readonly cost: RequestCost;
  readonly node: RequestNode<T>;
  /** The next request as far as narrow budgets allow; null when there is none. */
  first: WaitingRequest<T> | null;
  wakeAt: Instant;
  isOpen: boolean;
  /** The budget that it waited for last, and until when. */
  blockedBy: string | null;
  blockedUntil: Instant;
}

/** Waiting requests by cost and connection: the budgets of account and connection allow or block a kind as a whole. */
export interface RequestKinds<T> {
  readonly all: readonly RequestKind<T>[];
  get(waiting: WaitingRequest<T>): RequestKind<T>;
  update(now: Instant): void;
  /** Returns false when the request would delay a more urgent one. */
  canDispatch(kind: RequestKind<T>, first: WaitingRequest<T>, now: Instant): boolean;
}

export function createRequestKinds<T>(pacer: Pacer): RequestKinds<T> {
  const kinds: RequestKind<T>[] = [];
  const kindsByCost = new Map<RequestCost, Map<string | null, RequestKind<T>>>();

  const getKind = (waiting: WaitingRequest<T>): RequestKind<T> => {
    const { request } = waiting;
    const cost = pacer.cost(request);
    const byConnection = kindsByCost.get(cost) ?? new Map<string | null, RequestKind<T>>();
    kindsByCost.set(cost, byConnection);
    const found = byConnection.get(request.connection);
    if (found !== undefined) return found;
    const node = createNode<T>('', null, cost.accountWide, request, waiting);
    const kind: RequestKind<T> = {
      cost,
      node,
      first: null,
      wakeAt: -Infinity,
      isOpen: true,
      blockedBy: null,
      blockedUntil: -Infinity,
    };
    byConnection.set(request.connection, kind);
    kinds.push(kind);
    return kind;
  };

  /** Updates for each kind whether it may be sent, and its next request. */
  const update = (now: Instant): void => {
    for (const kind of kinds) {
      const { node } = kind;
      kind.first = null;
      kind.isOpen = false;
      kind.wakeAt = Infinity;
      if (node.count === 0) continue;
      const { sample } = node;
      const at = Math.max(pacer.earliestUnder(node.charges, sample, now), pacer.heldUntil(sample.dataset));
      kind.isOpen = at <= now;
      kind.first = findNext(node, pacer, now);
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

  return {
    all: kinds,
    get: getKind,
    update,
    canDispatch: (kind, first, now) =>
      kinds.every(
        (other) =>
          other.isOpen ||
          other.first === null ||
          other.first.priority >= first.priority ||
          !wouldDelay(kind, other, now),
      ),
  };
}
