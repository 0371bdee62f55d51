import type { Instant } from '../core/time.js';
import type { Charge, Cost } from './charges.js';
import { emptyHeap, fix, push, remove, top } from './heap.js';
import type { Heap, Placed } from './heap.js';
import type { PacedRequest } from './paced-request.js';
import type { Pacer } from './pacer.js';

/*
 * Waiting requests hang on branches, a level for each reach of a budget: kinds at the top (what they cost of the account
 * and the connection), then contracts, then identical requests. What blocks a branch blocks all that hangs on it at once,
 * so that a choice never walks over the many requests that wait for the same thing. A level without budgets is left out.
 */

/** What decides between two things that may both go. */
export interface Rank {
  /** 1 goes first. */
  readonly priority: number;
  /** The order of arrival. */
  readonly order: number;
}

/** A request that waits, with whatever its owner wants to find again. */
export interface Waiting<T> extends Placed, Rank {
  readonly request: PacedRequest;
  readonly value: T;
  readonly since: Instant;
  branch: Branch<T> | null;
}

/** Requests that share what may block them. */
export interface Branch<T> extends Placed {
  readonly key: string;
  readonly parent: Branch<T> | null;
  /** What blocks the branch as a whole. */
  readonly charges: readonly Charge[];
  /** Any request of it: as far as the charges go, they are all alike. */
  readonly sample: PacedRequest;
  /** Null until there is one: most branches have none, and there are many. */
  twigs: Map<string, Branch<T>> | null;
  readonly ready: Heap<Branch<T> | Waiting<T>>;
  sleeping: Heap<Branch<T>> | null;
  /** The rank of what goes first on it, or an earlier one: it is set right when it comes to the top. */
  priority: number;
  order: number;
  asleep: boolean;
  /** When a sleeping branch is to be looked at again. */
  wakeAt: Instant;
  /** The budget it last slept for. */
  blockedBy: string | null;
  count: number;
}

/** Whether one thing goes before another when neither is blocked. */
export function ranksBefore(a: Rank, b: Rank): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority < b.priority;
}

function wakesBefore<T>(a: Branch<T>, b: Branch<T>): boolean {
  return a.wakeAt === b.wakeAt ? a.order < b.order : a.wakeAt < b.wakeAt;
}

/** A branch on which nothing hangs yet. */
export function bareBranch<T>(
  key: string,
  parent: Branch<T> | null,
  charges: readonly Charge[],
  sample: PacedRequest,
  rank: Rank,
): Branch<T> {
  return {
    place: -1,
    key,
    parent,
    charges,
    sample,
    twigs: null,
    ready: emptyHeap<Branch<T> | Waiting<T>>(ranksBefore),
    sleeping: null,
    priority: rank.priority,
    order: rank.order,
    asleep: false,
    wakeAt: -Infinity,
    blockedBy: null,
    count: 0,
  };
}

/** The levels below a kind: each with its charges and what tells its branches apart. */
function levelsOf({ contract, identical }: Cost, { contract: name, identical: call }: PacedRequest): Level[] {
  const levels: Level[] = [];
  if (contract.length > 0) levels.push({ key: name, charges: contract });
  if (identical.length > 0) levels.push({ key: call, charges: identical });
  return levels;
}

interface Level {
  readonly key: string;
  readonly charges: readonly Charge[];
}

/** Hangs a request on a kind. Every branch on the way wakes, because one more request may be able to go. */
export function hang<T>(kind: Branch<T>, cost: Cost, waiting: Waiting<T>): void {
  let branch = kind;
  for (const { key, charges } of levelsOf(cost, waiting.request)) {
    branch.twigs ??= new Map();
    let twig = branch.twigs.get(key);
    if (twig === undefined) {
      twig = bareBranch(key, branch, charges, waiting.request, waiting);
      branch.twigs.set(key, twig);
      push(branch.ready, twig);
    }
    branch = twig;
  }
  waiting.branch = branch;
  push(branch.ready, waiting);
  for (let above: Branch<T> | null = branch; above !== null; above = above.parent) {
    above.count++;
    wake(above);
    if (!ranksBefore(waiting, above)) continue;
    above.priority = waiting.priority;
    above.order = waiting.order;
    if (above.parent !== null) fix(above.parent.ready, above);
  }
}

/** Takes a request off, and every branch that is bare without it. */
export function takeOff<T>(waiting: Waiting<T>): void {
  let branch = waiting.branch;
  if (branch === null) return;
  waiting.branch = null;
  remove(branch.ready, waiting);
  while (branch !== null) {
    branch.count--;
    const { parent }: Branch<T> = branch;
    if (parent !== null && branch.count === 0) {
      parent.twigs?.delete(branch.key);
      if (branch.asleep && parent.sleeping !== null) remove(parent.sleeping, branch);
      else remove(parent.ready, branch);
    }
    branch = parent;
  }
}

/** The branches a request would hang on, as far as they are there. */
export function branchesFor<T>(kind: Branch<T>, cost: Cost, request: PacedRequest): Branch<T>[] {
  const found: Branch<T>[] = [];
  let branch: Branch<T> | undefined = kind;
  for (const { key } of levelsOf(cost, request)) {
    branch = branch.twigs?.get(key);
    if (branch === undefined) break;
    found.push(branch);
  }
  return found;
}

/** Has a branch looked at again before its time. */
export function wake<T>(branch: Branch<T>): void {
  const { parent } = branch;
  if (!branch.asleep || parent === null) return;
  branch.asleep = false;
  if (parent.sleeping !== null) remove(parent.sleeping, branch);
  push(parent.ready, branch);
}

function sleep<T>(branch: Branch<T>, until: Instant): void {
  if (branch.parent === null) return;
  remove(branch.parent.ready, branch);
  branch.asleep = true;
  branch.wakeAt = until;
  branch.parent.sleeping ??= emptyHeap<Branch<T>>(wakesBefore);
  push(branch.parent.sleeping, branch);
}

/** Whether a branch may go as far as its own charges are concerned; it sleeps when not. */
export function isOpen<T>(branch: Branch<T>, pacer: Pacer, now: Instant): boolean {
  if (branch.asleep) {
    if (branch.wakeAt > now) return false;
    wake(branch);
  }
  const at = pacer.earliestUnder(branch.charges, branch.sample, now);
  if (at <= now) return true;
  branch.blockedBy = pacer.blockedBy(branch.sample, now, branch.charges);
  sleep(branch, at);
  return false;
}

/** When something on a branch may be able to go, when nothing is now. */
export function wakesAt<T>({ sleeping }: Branch<T>): Instant {
  return sleeping === null ? Infinity : (top(sleeping)?.wakeAt ?? Infinity);
}

function wakeDue<T>({ sleeping }: Branch<T>, now: Instant): void {
  if (sleeping === null) return;
  for (let next = top(sleeping); next !== undefined && next.wakeAt <= now; next = top(sleeping)) wake(next);
}

/** The first request on a branch that may go now, as far as everything below the branch is concerned. */
export function firstOn<T>(branch: Branch<T>, pacer: Pacer, now: Instant): Waiting<T> | null {
  wakeDue(branch, now);
  for (;;) {
    const child = top(branch.ready);
    if (child === undefined) return null;
    if (!('twigs' in child)) return child;
    if (!isOpen(child, pacer, now)) continue;
    const first = firstOn(child, pacer, now);
    if (first === null) {
      sleep(child, wakesAt(child));
      continue;
    }
    if (first.order !== child.order || first.priority !== child.priority) {
      child.priority = first.priority;
      child.order = first.order;
      fix(branch.ready, child);
      if (top(branch.ready) !== child) continue;
    }
    return first;
  }
}
