import type { Duration, Instant } from './time.js';

/** A half-open span of time: includes `start`, excludes `end`. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

/**
 * Windows in order, none empty, no two touching. Every function here takes and returns such lists unless stated
 * otherwise.
 */
export type Windows = readonly Window[];

export const noWindows: Windows = [];

export function isEmpty(window: Window): boolean {
  return window.end <= window.start;
}

/** Returns whether two windows share at least one instant; windows that only touch do not. */
export function overlaps(a: Window, b: Window): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Sorts windows, merges those that overlap or touch, and drops empty ones. */
export function normalize(windows: Iterable<Window>): Windows {
  const sorted = [...windows].filter((window) => !isEmpty(window)).sort((a, b) => a.start - b.start);
  const result: { start: Instant; end: Instant }[] = [];
  for (const window of sorted) {
    const last = result.at(-1);
    if (last !== undefined && window.start <= last.end) last.end = Math.max(last.end, window.end);
    else result.push({ start: window.start, end: window.end });
  }
  return result;
}

export function union(a: Windows, b: Windows): Windows {
  return normalize([...a, ...b]);
}

/** The instants of `a` that are not in `b`. */
export function subtract(a: Windows, b: Windows): Windows {
  const result: Window[] = [];
  let next = 0;
  for (const window of a) {
    let start = window.start;
    while (next < b.length && (b[next]?.end ?? 0) <= start) next++;
    for (let index = next; index < b.length; index++) {
      const hole = b[index];
      if (hole === undefined || hole.start >= window.end) break;
      if (hole.start > start) result.push({ start, end: hole.start });
      start = Math.max(start, hole.end);
    }
    if (start < window.end) result.push({ start, end: window.end });
  }
  return result;
}

export function intersect(a: Windows, b: Windows): Windows {
  const result: Window[] = [];
  let left = 0;
  let right = 0;
  while (left < a.length && right < b.length) {
    const one = a[left];
    const other = b[right];
    if (one === undefined || other === undefined) break;
    const start = Math.max(one.start, other.start);
    const end = Math.min(one.end, other.end);
    if (start < end) result.push({ start, end });
    if (one.end < other.end) left++;
    else right++;
  }
  return result;
}

/** Returns whether every instant of `window` is in `windows`. */
export function covers(windows: Windows, window: Window): boolean {
  if (isEmpty(window)) return true;
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((windows[middle]?.end ?? 0) > window.start) high = middle;
    else low = middle + 1;
  }
  const candidate = windows[low];
  return candidate !== undefined && candidate.start <= window.start && candidate.end >= window.end;
}

export function totalLength(windows: Windows): Duration {
  return windows.reduce((sum, window) => sum + window.end - window.start, 0);
}
