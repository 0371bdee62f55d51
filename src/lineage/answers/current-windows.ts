import { replaces } from '../../core/coverage-fold.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { CommittedFact } from '../../lake/api.js';

/** A window of a series and the fact that determines it. */
export interface OwnedWindow extends Window {
  readonly fact: CommittedFact;
}

/** The current windows of one series, updated with each fact in the order of commits. */
export interface Ownership {
  add(fact: CommittedFact): void;
  /** Disjoint, in order of time. */
  windows(): readonly OwnedWindow[];
}

export function createOwnership(): Ownership {
  const owned: OwnedWindow[] = [];

  /** Finds the first window that ends after an instant. */
  function findFirstEndingAfter(instant: Instant): number {
    let low = 0;
    let high = owned.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((owned[middle]?.end ?? Infinity) > instant) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    add(fact) {
      const { start, end } = fact.window;
      if (start >= end) return;
      const from = findFirstEndingAfter(start);
      let to = from;
      const pieces: OwnedWindow[] = [];
      let open = start;
      for (let existing = owned[to]; existing !== undefined && existing.start < end; existing = owned[++to]) {
        if (existing.start < start) pieces.push({ start: existing.start, end: start, fact: existing.fact });
        if (!replaces(fact, existing.fact)) {
          const kept = {
            start: Math.max(start, existing.start),
            end: Math.min(end, existing.end),
            fact: existing.fact,
          };
          if (open < kept.start) pieces.push({ start: open, end: kept.start, fact });
          pieces.push(kept);
          open = kept.end;
        }
        if (existing.end > end) {
          if (open < end) pieces.push({ start: open, end, fact });
          open = end;
          pieces.push({ start: end, end: existing.end, fact: existing.fact });
        }
      }
      if (open < end) pieces.push({ start: open, end, fact });
      owned.splice(from, to - from, ...mergeAdjacent(pieces));
    },
    windows: () => [...owned],
  };
}

/** Joins adjacent pieces of the same fact. */
function mergeAdjacent(pieces: readonly OwnedWindow[]): OwnedWindow[] {
  const result: OwnedWindow[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.fact === piece.fact && last.end === piece.start) {
      result[result.length - 1] = { ...last, end: piece.end };
    } else {
      result.push(piece);
    }
  }
  return result;
}

/** Computes the current windows of one series from all its facts, oldest first. */
export function computeCurrentWindows(facts: Iterable<CommittedFact>): readonly OwnedWindow[] {
  const ownership = createOwnership();
  for (const fact of facts) ownership.add(fact);
  return ownership.windows();
}
