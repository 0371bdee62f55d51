import type { Duration, Instant } from '../core/time/time.js';

/** What was spent of one rolling window, oldest first. Plain data, because a large plan needs a hundred thousand of them. */
export interface Spending {
  /** Pairs of instant and weight; those before `head` have left the window. */
  entries: number[];
  head: number;
  total: number;
}

/** A limit on the weight spent in any half-open stretch of `span`. */
export interface RollingLimit {
  readonly limit: number;
  readonly span: Duration;
}

export function createSpending(): Spending {
  return { entries: [], head: 0, total: 0 };
}

/** The first instant, from `now` on, at which `weight` fits; never when it is heavier than the whole limit. */
export function findEarliestFit(
  spending: Spending,
  { limit, span }: RollingLimit,
  weight: number,
  now: Instant,
): Instant {
  dropUntil(spending, now - span);
  let excess = spending.total + weight - limit;
  if (excess <= 0) return now;
  const { entries } = spending;
  for (let index = spending.head; index < entries.length; index += 2) {
    excess -= entries[index + 1] ?? 0;
    if (excess <= 0) return (entries[index] ?? 0) + span;
  }
  return Infinity;
}

/** Records a spending, which may not lie before the last one. */
export function addSpend(spending: Spending, weight: number, at: Instant): void {
  spending.entries.push(at, weight);
  spending.total += weight;
}

/** Takes back a spending that did not happen; nothing when it has left the window already. */
export function refundSpend(spending: Spending, weight: number, at: Instant): void {
  const { entries } = spending;
  for (let index = entries.length - 2; index >= spending.head; index -= 2) {
    if (entries[index] !== at || entries[index + 1] !== weight) continue;
    entries.splice(index, 2);
    spending.total -= weight;
    return;
  }
}

/** Drops everything spent at or before an instant. */
export function dropUntil(spending: Spending, until: Instant): void {
  const { entries } = spending;
  let head = spending.head;
  while (head < entries.length && (entries[head] ?? 0) <= until) {
    spending.total -= entries[head + 1] ?? 0;
    head += 2;
  }
  if (head === entries.length) {
    entries.length = 0;
    head = 0;
  } else if (head > 64 && head * 2 > entries.length) {
    entries.splice(0, head);
    head = 0;
  }
  spending.head = head;
}

/** Moves spending that lies after `now` to `now`: what a clock that was set back makes of it. */
export function clampTo(spending: Spending, now: Instant): void {
  const { entries } = spending;
  for (let index = entries.length - 2; index >= spending.head; index -= 2) {
    if ((entries[index] ?? 0) <= now) return;
    entries[index] = now;
  }
}

/** The instant of the last spending still in the window; null when there is none. */
export function getLastSpend(spending: Spending): Instant | null {
  const { entries, head } = spending;
  return entries.length > head ? (entries[entries.length - 2] ?? null) : null;
}
