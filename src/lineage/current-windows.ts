import type { CoverageState } from '../core/coverage.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import type { CommittedFact } from '../lake/contract.js';

/** A stretch of a series and the fact that it goes back to: the last one that had a say in it. */
export interface OwnedWindow extends Window {
  readonly fact: CommittedFact;
}

/** The owners of one series, growing as facts are told in the order in which they were committed. */
export interface Ownership {
  tell(fact: CommittedFact): void;
  /** In order of time, disjoint. */
  windows(): readonly OwnedWindow[];
}

/** Whether rows, or the certainty that there are none, are held: nothing but a better answer takes that away. */
export function isHeld(state: CoverageState): boolean {
  return state === 'data' || state === 'empty' || state === 'provisional';
}

export function ownership(): Ownership {
  const owned: OwnedWindow[] = [];

  /** The first stretch that ends after an instant. */
  function firstAfter(instant: Instant): number {
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
    tell(fact) {
      const { start, end } = fact.window;
      if (start >= end) return;
      const yields = !isHeld(fact.state) && fact.state !== 'missing';
      const from = firstAfter(start);
      let to = from;
      const pieces: OwnedWindow[] = [];
      let open = start;
      for (let stretch = owned[to]; stretch !== undefined && stretch.start < end; stretch = owned[++to]) {
        if (stretch.start < start) pieces.push({ start: stretch.start, end: start, fact: stretch.fact });
        if (yields && isHeld(stretch.fact.state)) {
          const kept = { start: Math.max(start, stretch.start), end: Math.min(end, stretch.end), fact: stretch.fact };
          if (open < kept.start) pieces.push({ start: open, end: kept.start, fact });
          pieces.push(kept);
          open = kept.end;
        }
        if (stretch.end > end) {
          if (open < end) pieces.push({ start: open, end, fact });
          open = end;
          pieces.push({ start: end, end: stretch.end, fact: stretch.fact });
        }
      }
      if (open < end) pieces.push({ start: open, end, fact });
      owned.splice(from, to - from, ...joined(pieces));
    },
    windows: () => [...owned],
  };
}

/** Cutting a stretch and keeping both parts is not cutting it. */
function joined(pieces: readonly OwnedWindow[]): OwnedWindow[] {
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
export function currentWindows(facts: Iterable<CommittedFact>): readonly OwnedWindow[] {
  const owners = ownership();
  for (const fact of facts) owners.tell(fact);
  return owners.windows();
}
