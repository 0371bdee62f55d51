import type { Duration, Instant } from '../core/time/time.js';

/** The time of a spend whose request has not left yet: it may leave at any time, so it counts until it does. */
export const notSent: Instant = Infinity;

/** Spends in one rolling window, oldest first. Plain data, because a large plan needs 100,000 of them. */
export interface Spending {
  /** Pairs of instant and weight; those before `head` have left the window. */
  entries: number[];
  head: number;
  total: number;
}

/** A limit on the weight spent in any half-open window of length `span`. */
export interface RollingLimit {
  readonly limit: number;
  readonly span: Duration;
}

export function createSpending(): Spending {
  return { entries: [], head: 0, total: 0 };
}

/** Returns the first instant from `now` on at which `weight` fits; Infinity when it exceeds the limit. */
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

/** Records a spend. */
export function addSpend(spending: Spending, weight: number, at: Instant): void {
  const { entries } = spending;
  spending.total += weight;
  let index = entries.length;
  // Almost always the last one: only requests that have not left yet, or may still be on their way, are later.
  while (index > spending.head && (entries[index - 2] ?? 0) > at) index -= 2;
  if (index === entries.length) entries.push(at, weight);
  else entries.splice(index, 0, at, weight);
}

/** Removes a spend that did not happen. Returns false when it has left the window. */
export function refundSpend(spending: Spending, weight: number, at: Instant): boolean {
  const { entries } = spending;
  for (let index = entries.length - 2; index >= spending.head; index -= 2) {
    if (entries[index] !== at || entries[index + 1] !== weight) continue;
    entries.splice(index, 2);
    spending.total -= weight;
    return true;
  }
  return false;
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

/** Moves spends after `now` to `now`, when the clock was set back. Requests that have not left still count as such. */
export function clampTo(spending: Spending, now: Instant): void {
  const { entries } = spending;
  for (let index = entries.length - 2; index >= spending.head; index -= 2) {
    const at = entries[index] ?? 0;
    if (at <= now) return;
    if (at !== notSent) entries[index] = now;
  }
}

/** Returns the instant of the last spend in the window; null when there is none. */
export function getLastSpend(spending: Spending): Instant | null {
  const { entries, head } = spending;
  return entries.length > head ? (entries[entries.length - 2] ?? null) : null;
}
