import type { CoverageState, CoveredWindow } from './coverage.js';
import type { Instant } from './time.js';

/** Answers: the rows of such a window, or that there are none, are held. */
const answered: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'provisional']);

/** What is true whatever was known before: an answer, and that what was held is gone. */
const overriding: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'provisional', 'missing']);

/** Nothing in such a window is asked again for being old, so neighbours may share the latest instant of asking. */
const settled: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'denied', 'lost']);

/** Whether rows, or the knowledge that there are none, are held for such a window. */
export function isAnswered(state: CoverageState): boolean {
  return answered.has(state);
}

/** Whether two windows of one state may be joined, given that nothing else about them differs. */
export type Alike<W extends CoveredWindow> = (a: W, b: W) => boolean;

const always = (): boolean => true;

/**
 * What is known of a series of a `span` table after one more fact.
 *
 * `data`, `empty`, `provisional` and `missing` take their window whatever was there. `failed`, `denied` and `lost` take only
 * what is not answered: a repeat that fails never loses the fact that rows are held.
 */
export function foldSpan<W extends CoveredWindow>(
  coverage: readonly W[],
  fact: W,
  alike: Alike<W> = always,
): readonly W[] {
  if (fact.end <= fact.start) return coverage;
  const first = firstEndingAtOrAfter(coverage, fact.start);
  const result = coverage.slice(0, first);
  const takes = (known: W): boolean => overriding.has(fact.state) || !answered.has(known.state);
  let next = fact.start;
  let index = first;
  for (let known = coverage[index]; known !== undefined && known.start <= fact.end; known = coverage[++index]) {
    if (!takes(known) || known.end <= fact.start || known.start >= fact.end) {
      if (known.start > next) append(result, { ...fact, start: next, end: Math.min(known.start, fact.end) }, alike);
      append(result, known, alike);
      next = Math.max(next, known.end);
      continue;
    }
    if (known.start < fact.start) append(result, { ...known, end: fact.start }, alike);
    if (known.end > fact.end) {
      append(result, { ...fact, start: next }, alike);
      append(result, { ...known, start: fact.end }, alike);
      next = known.end;
    }
  }
  if (next < fact.end) append(result, { ...fact, start: next }, alike);
  for (let known = coverage[index]; known !== undefined; known = coverage[++index]) append(result, known, alike);
  return result;
}

/** Adds a window at the end, joined with the one before when that says the same. */
function append<W extends CoveredWindow>(result: W[], window: W, alike: Alike<W>): void {
  const last = result.at(-1);
  if (last?.end !== window.start || !isJoinable(last, window) || !alike(last, window)) result.push(window);
  else result[result.length - 1] = { ...last, end: window.end, at: Math.max(last.at, window.at) };
}

function isJoinable(a: CoveredWindow, b: CoveredWindow): boolean {
  return a.state === b.state && a.note === b.note && (a.at === b.at || settled.has(a.state));
}

function firstEndingAtOrAfter(coverage: readonly CoveredWindow[], instant: Instant): number {
  let low = 0;
  let high = coverage.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((coverage[middle]?.end ?? Infinity) >= instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * What is known of a series of a `point` table after one more fact: the latest answer, and what happened to later attempts.
 * Nights of snapshots do not accumulate. When the latest answer goes missing, so does what was known before it.
 */
export function foldPoint<W extends CoveredWindow>(coverage: readonly W[], fact: W): readonly W[] {
  if (fact.end <= fact.start) return coverage;
  const answer = coverage.find(({ state }) => answered.has(state));
  const failure = coverage.find(({ state }) => !answered.has(state));
  if (answered.has(fact.state)) {
    const latest = answer !== undefined && answer.start > fact.start ? answer : fact;
    return failure !== undefined && failure.start > latest.start ? [latest, failure] : [latest];
  }
  const gone =
    fact.state === 'missing' && answer !== undefined && fact.start <= answer.start && answer.start < fact.end;
  const remaining = gone ? undefined : answer;
  const latestFailure = failure !== undefined && failure.start > fact.start ? failure : fact;
  if (remaining === undefined) return [latestFailure];
  return latestFailure.start > remaining.start ? [remaining, latestFailure] : [remaining];
}

/** Folds with shared lists: equal histories are the very same object, whatever way they came about. */
export interface SharedFold<W extends CoveredWindow = CoveredWindow> {
  readonly empty: readonly W[];
  /** The shared list with these windows. */
  share(coverage: readonly W[]): readonly W[];
  /** What one fact makes of lists; made once for all series that the fact is about. `before` must be a shared list. */
  step(fact: W): (before: readonly W[]) => readonly W[];
}

/** Shares what a fold makes; `keyOf` tells windows apart that differ in more than the fields of every covered window. */
export function sharedFold<W extends CoveredWindow>(
  fold: (coverage: readonly W[], fact: W) => readonly W[],
  keyOf: (window: W) => string = () => '',
): SharedFold<W> {
  const numbers = new Map<W, number>();
  const windows = new Map<string, W>();
  const lists = new Map<number, (readonly W[])[]>();
  const steps = new Map<W, (before: readonly W[]) => readonly W[]>();
  const empty: readonly W[] = [];

  function shareWindow(window: W): W {
    if (numbers.has(window)) return window;
    const { start, end, state, at, note } = window;
    const key = `${start} ${end} ${at} ${state}${note === undefined ? '' : `=${note}`}\u0000${keyOf(window)}`;
    const known = windows.get(key);
    if (known !== undefined) return known;
    windows.set(key, window);
    numbers.set(window, windows.size);
    return window;
  }

  function share(coverage: readonly W[]): readonly W[] {
    if (coverage.length === 0) return empty;
    const list = coverage.map(shareWindow);
    let hash = 0;
    for (const window of list) hash = (Math.imul(hash, 31) + (numbers.get(window) ?? 0)) | 0;
    const alike = lists.get(hash);
    const known = alike?.find(
      (other) => other.length === list.length && other.every((window, at) => window === list[at]),
    );
    if (known !== undefined) return known;
    if (alike === undefined) lists.set(hash, [list]);
    else alike.push(list);
    return list;
  }

  return {
    empty,
    share,
    step(fact) {
      const shared = shareWindow(fact);
      let step = steps.get(shared);
      if (step === undefined) {
        const memory = new Map<readonly W[], readonly W[]>();
        step = (before) => {
          let after = memory.get(before);
          if (after === undefined) memory.set(before, (after = share(fold(before, shared))));
          return after;
        };
        steps.set(shared, step);
      }
      return step;
    },
  };
}

/** The fold of a table's kind, with shared lists. */
export function sharedCoverageFold(kind: 'span' | 'point'): SharedFold {
  return sharedFold<CoveredWindow>(kind === 'span' ? foldSpan : foldPoint);
}

/** The fact of one window in the form that folds take. */
export function coveredWindow(
  window: { readonly start: Instant; readonly end: Instant },
  state: CoverageState,
  at: Instant,
  note?: string,
): CoveredWindow {
  return { start: window.start, end: window.end, state, at, ...(note === undefined ? {} : { note }) };
}
