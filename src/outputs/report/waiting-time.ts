import type { Duration, Instant } from '../../core/time/time.js';

/** More disjoint waits than this are merged, so that memory does not grow with the number of requests. */
const maxSpans = 1_000;

/** Measures the time during which at least one of many concurrent waits was in progress. */
export interface WaitingTime {
  /** Adds a wait by its end. Waits are added in the order of their ends. */
  add(end: Instant, duration: Duration): void;
  total(): Duration;
}

export function createWaitingTime(): WaitingTime {
  const spans: { start: Instant; end: Instant }[] = [];
  let mergedTotal: Duration = 0;
  let mergedUntil: Instant = -Infinity;

  return {
    add(end, duration) {
      let start = Math.max(end - duration, mergedUntil);
      for (let last = spans.at(-1); last !== undefined && last.end >= start; last = spans.at(-1)) {
        start = Math.min(start, last.start);
        spans.pop();
      }
      if (end > start) spans.push({ start, end });
      if (spans.length <= maxSpans) return;
      const oldest = spans.shift();
      if (oldest === undefined) return;
      mergedTotal += oldest.end - oldest.start;
      mergedUntil = oldest.end;
    },
    total: () => spans.reduce((sum, { start, end }) => sum + end - start, mergedTotal),
  };
}
