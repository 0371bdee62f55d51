import type { Duration, Instant } from '../core/time/time.js';
import { pacedSpan } from './request-cost.js';
import { createHeap, reposition, push, remove, peek } from './heap.js';
import type { Heap, HeapItem } from './heap.js';
import type { Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { nextIn, tryOpen, precedes, nextWakeTime } from './request-tree.js';
import type { RequestNode, WaitingRequest } from './request-tree.js';

/**
 * What waits for the contracts that have most left to do. A contract that alone needs as long as everything else together
 * has to be begun early: left to the end, it would go on at its own slow pace when nothing else is left to do beside it.
 */
export interface CriticalPath<T> {
  /** A request now hangs on a branch of its contract. */
  added(kind: RequestNode<T>, node: RequestNode<T>, request: PacedRequest): void;
  /** A request is about to be taken off it. */
  removing(node: RequestNode<T>, request: PacedRequest): void;
  /** A sleeping branch may have become free before its time. */
  woken(node: RequestNode<T>): void;
  /** What may go now for the contract of this kind with most left to do, when that is more than one span allows. */
  nextCritical(
    kind: RequestNode<T>,
    now: Instant,
  ): { readonly waiting: WaitingRequest<T>; readonly time: Duration } | null;
}

interface ContractBacklog<T> {
  /** How long the contract's own budgets will take over what waits for it. */
  duration: Duration;
  readonly parts: BacklogPart<T>[];
}

/** The part of a chain that is of one kind. */
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

/** Makes the memory of long chains; without contract budgets it stays empty. */
export function createCriticalPath<T>(pacer: Pacer): CriticalPath<T> {
  const backlogs = new Map<string, ContractBacklog<T>>();
  const heapsByKind = new Map<RequestNode<T>, PartHeaps<T>>();
  const partByNode = new Map<RequestNode<T>, BacklogPart<T>>();
  const spans = pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0));
  /** A chain that fits into one span of its budgets is not long: it can go whenever it likes. */
  const minDuration = Math.max(
    0,
    ...pacer.budgets.map(({ scope }, index) => (scope === 'contract' ? (spans[index] ?? 0) : 0)),
  );

  const estimateTime = (request: PacedRequest): Duration =>
    pacer
      .cost(request)
      .contract.reduce(
        (max, { budget, weight }) =>
          Math.max(max, (weight * (spans[budget] ?? 0)) / (pacer.budgets[budget]?.limit ?? 1)),
        0,
      );

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

  const unschedule = (part: BacklogPart<T>): void => {
    if (part.index < 0) return;
    const { ready, sleeping } = getHeaps(part.kind);
    remove(part.isAsleep ? sleeping : ready, part);
    part.isAsleep = false;
  };

  const reschedule = (part: BacklogPart<T>): void => {
    const { ready } = getHeaps(part.kind);
    if (part.backlog.duration <= minDuration) unschedule(part);
    else if (part.index < 0) push(ready, part);
    else if (!part.isAsleep) reposition(ready, part);
  };

  const wakePart = (part: BacklogPart<T>): void => {
    if (!part.isAsleep) return;
    unschedule(part);
    reschedule(part);
  };

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
      wakePart(part);
      backlog.parts.forEach(reschedule);
    },

    removing: (node, request) => {
      const part = partByNode.get(node);
      if (part === undefined) return;
      const { backlog } = part;
      backlog.duration -= estimateTime(request);
      if (node.count === 1) {
        unschedule(part);
        partByNode.delete(node);
        backlog.parts.splice(backlog.parts.indexOf(part), 1);
      }
      if (backlog.parts.length === 0) backlogs.delete(request.contract);
      backlog.parts.forEach(reschedule);
    },

    woken: (node) => {
      const part = partByNode.get(node);
      if (part !== undefined) wakePart(part);
    },

    nextCritical: (kind, now) => {
      const links = heapsByKind.get(kind);
      if (links === undefined) return null;
      const { ready, sleeping } = links;
      for (let next = peek(sleeping); next !== undefined && next.wakeAt <= now; next = peek(sleeping)) wakePart(next);
      for (let part = peek(ready); part !== undefined; part = peek(ready)) {
        const { node } = part;
        const waiting = tryOpen(node, pacer, now) ? nextIn(node, pacer, now) : null;
        if (waiting !== null) return { waiting, time: part.backlog.duration };
        remove(ready, part);
        part.isAsleep = true;
        part.wakeAt = node.isAsleep ? node.wakeAt : nextWakeTime(node);
        push(sleeping, part);
      }
      return null;
    },
  };
}
