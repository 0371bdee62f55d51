import type { Instant } from '../core/time/time.js';
import type { Charge, RequestCost } from './request-cost.js';
import { createHeap, reposition, push, remove, peek } from './heap.js';
import type { Heap, HeapItem } from './heap.js';
import type { PacedRequest } from './paced-request.js';
import type { Pacer } from './pacer.js';

/*
 * Waiting requests form a tree with a level per budget scope: kinds (account and connection), contracts, identical requests.
 * A blocked node blocks its whole subtree, so that a choice never visits the many requests that wait for one budget. A level
 * without budgets is omitted.
 */

export interface Rank {
  /** 1 is first. */
  readonly priority: number;
  readonly order: number;
}

/** A waiting request with a value of its owner. */
export interface WaitingRequest<T> extends HeapItem, Rank {
  readonly request: PacedRequest;
  readonly value: T;
  readonly enqueuedAt: Instant;
  node: RequestNode<T> | null;
}

/** Requests that share budgets. */
export interface RequestNode<T> extends HeapItem {
  readonly key: string;
  readonly parent: RequestNode<T> | null;
  /** Charges that block the whole subtree. */
  readonly charges: readonly Charge[];
  /** Any request of the subtree: the charges are equal for all. */
  readonly sample: PacedRequest;
  /** Null until there is one, because most of the many nodes have none. */
  children: Map<string, RequestNode<T>> | null;
  readonly ready: Heap<RequestNode<T> | WaitingRequest<T>>;
  sleeping: Heap<RequestNode<T>> | null;
  /** The rank of its first request, or an earlier one that is corrected when the node comes to the top. */
  priority: number;
  order: number;
  isAsleep: boolean;
  /** The instant at which to check a sleeping node again. */
  wakeAt: Instant;
  /** The budget that it waited for last. */
  blockedBy: string | null;
  count: number;
}

export function precedes(a: Rank, b: Rank): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority < b.priority;
}

function wakesBefore<T>(a: RequestNode<T>, b: RequestNode<T>): boolean {
  return a.wakeAt === b.wakeAt ? a.order < b.order : a.wakeAt < b.wakeAt;
}

export function createNode<T>(
  key: string,
  parent: RequestNode<T> | null,
  charges: readonly Charge[],
  sample: PacedRequest,
  rank: Rank,
): RequestNode<T> {
  return {
    index: -1,
    key,
    parent,
    charges,
    sample,
    children: null,
    ready: createHeap<RequestNode<T> | WaitingRequest<T>>(precedes),
    sleeping: null,
    priority: rank.priority,
    order: rank.order,
    isAsleep: false,
    wakeAt: -Infinity,
    blockedBy: null,
    count: 0,
  };
}

/** Returns the levels below a kind, each with its charges and the key of the request's node. */
function getLevels(
  { contract, identical }: RequestCost,
  { contract: contractKey, identical: identicalKey }: PacedRequest,
): Level[] {
  const levels: Level[] = [];
  if (contract.length > 0) levels.push({ key: contractKey, charges: contract });
  if (identical.length > 0) levels.push({ key: identicalKey, charges: identical });
  return levels;
}

interface Level {
  readonly key: string;
  readonly charges: readonly Charge[];
}

/** Adds a request below a kind. All nodes on the path wake, because the new request may be sendable. */
export function attach<T>(kind: RequestNode<T>, cost: RequestCost, waiting: WaitingRequest<T>): void {
  let node = kind;
  for (const { key, charges } of getLevels(cost, waiting.request)) {
    node.children ??= new Map();
    let child = node.children.get(key);
    if (child === undefined) {
      child = createNode(key, node, charges, waiting.request, waiting);
      node.children.set(key, child);
      push(node.ready, child);
    }
    node = child;
  }
  waiting.node = node;
  push(node.ready, waiting);
  for (let ancestor: RequestNode<T> | null = node; ancestor !== null; ancestor = ancestor.parent) {
    ancestor.count++;
    wake(ancestor);
    if (!precedes(waiting, ancestor)) continue;
    ancestor.priority = waiting.priority;
    ancestor.order = waiting.order;
    if (ancestor.parent !== null) reposition(ancestor.parent.ready, ancestor);
  }
}

/** Removes a request and the nodes that are empty without it. */
export function detach<T>(waiting: WaitingRequest<T>): void {
  let node = waiting.node;
  if (node === null) return;
  waiting.node = null;
  remove(node.ready, waiting);
  while (node !== null) {
    node.count--;
    const { parent }: RequestNode<T> = node;
    if (parent !== null && node.count === 0) {
      parent.children?.delete(node.key);
      if (node.isAsleep && parent.sleeping !== null) remove(parent.sleeping, node);
      else remove(parent.ready, node);
    }
    node = parent;
  }
}

/** Returns the existing nodes on the path of a request. */
export function findNodes<T>(kind: RequestNode<T>, cost: RequestCost, request: PacedRequest): RequestNode<T>[] {
  const found: RequestNode<T>[] = [];
  let node: RequestNode<T> | undefined = kind;
  for (const { key } of getLevels(cost, request)) {
    node = node.children?.get(key);
    if (node === undefined) break;
    found.push(node);
  }
  return found;
}

/** Makes a node be checked again before its time. */
export function wake<T>(node: RequestNode<T>): void {
  const { parent } = node;
  if (!node.isAsleep || parent === null) return;
  node.isAsleep = false;
  if (parent.sleeping !== null) remove(parent.sleeping, node);
  push(parent.ready, node);
}

function sleep<T>(node: RequestNode<T>, until: Instant): void {
  if (node.parent === null) return;
  remove(node.parent.ready, node);
  node.isAsleep = true;
  node.wakeAt = until;
  node.parent.sleeping ??= createHeap<RequestNode<T>>(wakesBefore);
  push(node.parent.sleeping, node);
}

/** Returns true when the node's own charges allow a request; otherwise the node sleeps. */
export function tryOpen<T>(node: RequestNode<T>, pacer: Pacer, now: Instant): boolean {
  if (node.isAsleep) {
    if (node.wakeAt > now) return false;
    wake(node);
  }
  const at = pacer.earliestUnder(node.charges, node.sample, now);
  if (at <= now) return true;
  node.blockedBy = pacer.blockedBy(node.sample, now, node.charges);
  sleep(node, at);
  return false;
}

/** Returns when a request of the node may be sendable, if none is now. */
export function nextWakeTime<T>({ sleeping }: RequestNode<T>): Instant {
  return sleeping === null ? Infinity : (peek(sleeping)?.wakeAt ?? Infinity);
}

function wakeExpired<T>({ sleeping }: RequestNode<T>, now: Instant): void {
  if (sleeping === null) return;
  for (let next = peek(sleeping); next !== undefined && next.wakeAt <= now; next = peek(sleeping)) wake(next);
}

/** Returns the first request of the node that the levels below it allow now. */
export function findNext<T>(node: RequestNode<T>, pacer: Pacer, now: Instant): WaitingRequest<T> | null {
  wakeExpired(node, now);
  for (;;) {
    const child = peek(node.ready);
    if (child === undefined) return null;
    if (!('children' in child)) return child;
    if (!tryOpen(child, pacer, now)) continue;
    const first = findNext(child, pacer, now);
    if (first === null) {
      sleep(child, nextWakeTime(child));
      continue;
    }
    if (first.order !== child.order || first.priority !== child.priority) {
      child.priority = first.priority;
      child.order = first.order;
      reposition(node.ready, child);
      if (peek(node.ready) !== child) continue;
    }
    return first;
  }
}
