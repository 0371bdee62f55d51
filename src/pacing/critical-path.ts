import type { Duration, Instant } from '../core/time/time.js';
import { pacedSpan } from './request-cost.js';
import { createHeap, reposition, push, remove, peek } from './heap.js';
import type { Heap, HeapItem } from './heap.js';
import type { Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { findNext, tryOpen, precedes, nextWakeTime } from './request-tree.js';
import type { RequestNode, WaitingRequest } from './request-tree.js';

/**
 * Tracks the contracts whose waiting requests take longest. A contract that needs as much time as all others together has to
 * start early: started last, it would continue alone at the pace of its own budgets.
 */
export interface CriticalPath<T> {
  /** Records that a request was attached to the node of its contract. */
  added(kind: RequestNode<T>, node: RequestNode<T>, request: PacedRequest): void;
  /** Records that a request is about to be detached. */
  removing(node: RequestNode<T>, request: PacedRequest): void;
  /** Records that a sleeping node may be free before its time. */
  woken(node: RequestNode<T>): void;
  /** Returns a request that may be sent for the longest backlog of this kind, if that exceeds one span. */
  nextCritical(
    kind: RequestNode<T>,
    now: Instant,
  ): { readonly waiting: WaitingRequest<T>; readonly time: Duration } | null;
}

interface ContractBacklog<T> {
  /** Time that the contract's own budgets need for its waiting requests. */
  duration: Duration;
  readonly parts: BacklogPart<T>[];
}

/** The part of a backlog that belongs to one kind of request. */
interface BacklogPart<T> extends HeapItem {
  readonly kind: RequestNode<T>;
  readonly node: RequestNode<T>;
  readonly backlog: ContractBacklog<T>;
  isAsleep: boolean;
  wakeAt: Instant;
}

interface PartHeaps<T> {
  readonly ready: Heap<BacklogPart<T>>;
  readonly sleeping: Heap<BacklogPart<T>>;
}

/** Creates a tracker, which stays empty when there are no contract budgets. */
export function createCriticalPath<T>(pacer: Pacer): CriticalPath<T> {
  const backlogs = new Map<string, ContractBacklog<T>>();
  const partByNode = new Map<RequestNode<T>, BacklogPart<T>>();
  const spans = pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0));
  const minDuration = Math.max(
    0,
    ...pacer.budgets.map(({ scope }, index) => (scope === 'contract' ? (spans[index] ?? 0) : 0)),
  );
  const schedule = createPartSchedule<T>(minDuration);

  const estimateTime = (request: PacedRequest): Duration =>
    pacer
      .cost(request)
      .contract.reduce(
        (max, { budget, weight }) =>
          Math.max(max, (weight * (spans[budget] ?? 0)) / (pacer.budgets[budget]?.limit ?? 1)),
        0,
      );

  return {
    added: (kind, node, request) => {
      const backlog = backlogs.get(request.contract) ?? { duration: 0, parts: [] };
      backlogs.set(request.contract, backlog);
      let part = partByNode.get(node);
      if (part === undefined) {
        part = { index: -1, kind, node, backlog, isAsleep: false, wakeAt: -Infinity };
        partByNode.set(node, part);
        backlog.parts.push(part);
      }
      backlog.duration += estimateTime(request);
      schedule.wake(part);
      backlog.parts.forEach(schedule.update);
    },

    removing: (node, request) => {
      const part = partByNode.get(node);
      if (part === undefined) return;
      const { backlog } = part;
      backlog.duration -= estimateTime(request);
      if (node.count === 1) {
        schedule.remove(part);
        partByNode.delete(node);
        backlog.parts.splice(backlog.parts.indexOf(part), 1);
      }
      if (backlog.parts.length === 0) backlogs.delete(request.contract);
      backlog.parts.forEach(schedule.update);
    },

    woken: (node) => {
      const part = partByNode.get(node);
      if (part !== undefined) schedule.wake(part);
    },

    nextCritical: (kind, now) => {
      for (let part = schedule.first(kind, now); part !== null; part = schedule.first(kind, now)) {
        const { node } = part;
        const waiting = tryOpen(node, pacer, now) ? findNext(node, pacer, now) : null;
        if (waiting !== null) return { waiting, time: part.backlog.duration };
        schedule.sleep(part, node.isAsleep ? node.wakeAt : nextWakeTime(node));
      }
      return null;
    },
  };
}

/** Orders the parts of critical backlogs per kind, longest backlog first, with sleeping parts apart. */
interface PartSchedule<T> {
  readonly update: (part: BacklogPart<T>) => void;
  remove(part: BacklogPart<T>): void;
  wake(part: BacklogPart<T>): void;
  sleep(part: BacklogPart<T>, until: Instant): void;
  first(kind: RequestNode<T>, now: Instant): BacklogPart<T> | null;
}

/** A backlog up to `minDuration` fits into one span of its budgets and is not critical. */
function createPartSchedule<T>(minDuration: Duration): PartSchedule<T> {
  const heapsByKind = new Map<RequestNode<T>, PartHeaps<T>>();

  const getHeaps = (kind: RequestNode<T>): PartHeaps<T> => {
    const found = heapsByKind.get(kind);
    if (found !== undefined) return found;
    const heaps = {
      ready: createHeap<BacklogPart<T>>((a, b) =>
        a.backlog.duration === b.backlog.duration ? precedes(a.node, b.node) : a.backlog.duration > b.backlog.duration,
      ),
      sleeping: createHeap<BacklogPart<T>>((a, b) => a.wakeAt < b.wakeAt),
    };
    heapsByKind.set(kind, heaps);
    return heaps;
  };

  const removePart = (part: BacklogPart<T>): void => {
    if (part.index < 0) return;
    const { ready, sleeping } = getHeaps(part.kind);
    remove(part.isAsleep ? sleeping : ready, part);
    part.isAsleep = false;
  };

  const update = (part: BacklogPart<T>): void => {
    const { ready } = getHeaps(part.kind);
    if (part.backlog.duration <= minDuration) removePart(part);
    else if (part.index < 0) push(ready, part);
    else if (!part.isAsleep) reposition(ready, part);
  };

  const wakePart = (part: BacklogPart<T>): void => {
    if (!part.isAsleep) return;
    removePart(part);
    update(part);
  };

  return {
    update,
    remove: removePart,
    wake: wakePart,
    sleep(part, until) {
      const { ready, sleeping } = getHeaps(part.kind);
      remove(ready, part);
      part.isAsleep = true;
      part.wakeAt = until;
      push(sleeping, part);
    },
    first(kind, now) {
      const heaps = heapsByKind.get(kind);
      if (heaps === undefined) return null;
      const { ready, sleeping } = heaps;
      for (let next = peek(sleeping); next !== undefined && next.wakeAt <= now; next = peek(sleeping)) wakePart(next);
      return peek(ready) ?? null;
    },
  };
}
