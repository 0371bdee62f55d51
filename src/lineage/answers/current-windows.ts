import type { CoverageState } from '../../core/coverage.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { CommittedFact } from '../../lake/api.js';

/** A stretch of a series and the fact that it goes back to: the last one that had a say in it. */
export interface OwnedWindow extends Window {
  readonly fact: CommittedFact;
}

/** The owners of one series, growing as facts are told in the order in which they were committed. */
export interface Ownership {
  add(fact: CommittedFact): void;
  /** In order of time, disjoint. */
  windows(): readonly OwnedWindow[];
}

/** Whether rows, or the certainty that there are none, are held: nothing but a better answer takes that away. */
export function isAnswered(state: CoverageState): boolean {
  return state === 'data' || state === 'empty' || state === 'provisional';
}

export function createOwnership(): Ownership {
  const owned: OwnedWindow[] = [];

  /** The first stretch that ends after an instant. */
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
      const yieldsToAnswered = !isAnswered(fact.state) && fact.state !== 'missing';
      const from = findFirstEndingAfter(start);
      let to = from;
      const pieces: OwnedWindow[] = [];
      let open = start;
      for (let existing = owned[to]; existing !== undefined && existing.start < end; existing = owned[++to]) {
        if (existing.start < start) pieces.push({ start: existing.start, end: start, fact: existing.fact });
        if (yieldsToAnswered && isAnswered(existing.fact.state)) {
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

/** Cutting a stretch and keeping both parts is not cutting it. */
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

/** Who owns each stretch of one series, from all its facts, oldest first. */
export function computeCurrentWindows(facts: Iterable<CommittedFact>): readonly OwnedWindow[] {
  const ownership = createOwnership();
  for (const fact of facts) ownership.add(fact);
  return ownership.windows();
}
