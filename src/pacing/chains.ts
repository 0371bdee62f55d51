import type { Duration, Instant } from '../core/time.js';
import { pacedSpan } from './charges.js';
import { emptyHeap, fix, push, remove, top } from './heap.js';
import type { Heap, Placed } from './heap.js';
import type { Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { firstOn, isOpen, ranksBefore, wakesAt } from './waiting.js';
import type { Branch, Waiting } from './waiting.js';

/**
 * What waits for the contracts that have most left to do. A contract that alone needs as long as everything else together
 * has to be begun early: left to the end, it would go on at its own slow pace when nothing else is left to do beside it.
 */
export interface Chains<T> {
  /** A request now hangs on a branch of its contract. */
  grew(kind: Branch<T>, branch: Branch<T>, request: PacedRequest): void;
  /** A request is about to be taken off it. */
  shrinks(branch: Branch<T>, request: PacedRequest): void;
  /** A sleeping branch may have become free before its time. */
  stirred(branch: Branch<T>): void;
  /** What may go now for the contract of this kind with most left to do, when that is more than one span allows. */
  longest(kind: Branch<T>, now: Instant): { readonly waiting: Waiting<T>; readonly time: Duration } | null;
}

interface Chain<T> {
  /** How long the contract's own budgets will take over what waits for it. */
  time: Duration;
  readonly links: Link<T>[];
}

/** The part of a chain that is of one kind. */
interface Link<T> extends Placed {
  readonly kind: Branch<T>;
  readonly branch: Branch<T>;
  readonly chain: Chain<T>;
  asleep: boolean;
  wakeAt: Instant;
}

interface Links<T> {
  readonly ready: Heap<Link<T>>;
  readonly sleeping: Heap<Link<T>>;
}

/** Makes the memory of long chains; without contract budgets it stays empty. */
export function createChains<T>(pacer: Pacer): Chains<T> {
  const chains = new Map<string, Chain<T>>();
  const linksOfKind = new Map<Branch<T>, Links<T>>();
  const linkOfBranch = new Map<Branch<T>, Link<T>>();
  const spans = pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0));
  /** A chain that fits into one span of its budgets is not long: it can go whenever it likes. */
  const short = Math.max(
    0,
    ...pacer.budgets.map(({ scope }, index) => (scope === 'contract' ? (spans[index] ?? 0) : 0)),
  );

  const timeOf = (request: PacedRequest): Duration =>
    pacer
      .cost(request)
      .contract.reduce(
        (longest, { budget, weight }) =>
          Math.max(longest, (weight * (spans[budget] ?? 0)) / (pacer.budgets[budget]?.limit ?? 1)),
        0,
      );

  const linksOf = (kind: Branch<T>): Links<T> => {
    const found = linksOfKind.get(kind);
    if (found !== undefined) return found;
    const links = {
      ready: emptyHeap<Link<T>>((a, b) =>
        a.chain.time === b.chain.time ? ranksBefore(a.branch, b.branch) : a.chain.time > b.chain.time,
      ),
      sleeping: emptyHeap<Link<T>>((a, b) => a.wakeAt < b.wakeAt),
    };
    linksOfKind.set(kind, links);
    return links;
  };

  const drop = (link: Link<T>): void => {
    if (link.place < 0) return;
    const { ready, sleeping } = linksOf(link.kind);
    remove(link.asleep ? sleeping : ready, link);
    link.asleep = false;
  };

  const settle = (link: Link<T>): void => {
    const { ready } = linksOf(link.kind);
    if (link.chain.time <= short) drop(link);
    else if (link.place < 0) push(ready, link);
    else if (!link.asleep) fix(ready, link);
  };

  const rouse = (link: Link<T>): void => {
    if (!link.asleep) return;
    drop(link);
    settle(link);
  };

  return {
    grew: (kind, branch, request) => {
      const chain = chains.get(request.contract) ?? { time: 0, links: [] };
      chains.set(request.contract, chain);
      let link = linkOfBranch.get(branch);
      if (link === undefined) {
        link = { place: -1, kind, branch, chain, asleep: false, wakeAt: -Infinity };
        linkOfBranch.set(branch, link);
        chain.links.push(link);
      }
      chain.time += timeOf(request);
      rouse(link);
      chain.links.forEach(settle);
    },

    shrinks: (branch, request) => {
      const link = linkOfBranch.get(branch);
      if (link === undefined) return;
      const { chain } = link;
      chain.time -= timeOf(request);
      if (branch.count === 1) {
        drop(link);
        linkOfBranch.delete(branch);
        chain.links.splice(chain.links.indexOf(link), 1);
      }
      if (chain.links.length === 0) chains.delete(request.contract);
      chain.links.forEach(settle);
    },

    stirred: (branch) => {
      const link = linkOfBranch.get(branch);
      if (link !== undefined) rouse(link);
    },

    longest: (kind, now) => {
      const links = linksOfKind.get(kind);
      if (links === undefined) return null;
      const { ready, sleeping } = links;
      for (let next = top(sleeping); next !== undefined && next.wakeAt <= now; next = top(sleeping)) rouse(next);
      for (let link = top(ready); link !== undefined; link = top(ready)) {
        const { branch } = link;
        const waiting = isOpen(branch, pacer, now) ? firstOn(branch, pacer, now) : null;
        if (waiting !== null) return { waiting, time: link.chain.time };
        remove(ready, link);
        link.asleep = true;
        link.wakeAt = branch.asleep ? branch.wakeAt : wakesAt(branch);
        push(sleeping, link);
      }
      return null;
    },
  };
}
