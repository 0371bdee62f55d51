import type { EncodedLacks } from './answer-lacks.js';
import type { CoverageState, CoveredWindow } from './coverage.js';
import { isLostWindow, keepLoss } from './loss-reasons.js';
import type { Instant } from './time/time.js';

/** States whose window is answered: its rows are stored, or it is known to have none. */
const answeredStates: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'provisional']);

/** States that replace any earlier state: an answer, the loss of stored rows, and a change of their scale. */
const overridingStates: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'provisional', 'missing', 'rescaled']);

/** States after which rows of a window are no longer lost, or newly lost. */
const statesOfRows: ReadonlySet<CoverageState> = new Set(['data', 'provisional', 'missing']);

/** States that do not expire with time, so neighbours may share the latest request time. */
const finalStates: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'denied', 'unavailable']);

export function isAnswered(state: CoverageState): boolean {
  return answeredStates.has(state);
}

/** Returns whether the lake holds rows of a window in this state. */
export function holdsRows(state: CoverageState): boolean {
  return state === 'data' || state === 'provisional' || state === 'rescaled';
}

/** Decides whether two adjacent windows of equal state may be merged. */
export type CanMerge<W extends CoveredWindow> = (a: W, b: W) => boolean;

const alwaysMerge = (): boolean => true;

/**
 * Adds one fact to the coverage of a series of a `span` table.
 *
 * `data`, `empty`, `provisional`, `missing` and `rescaled` replace any state of their window. `failed`, `denied` and `unavailable`
 * replace only windows that are not answered: a failed repeat never discards stored rows, nor the knowledge that rows are
 * lost. See `replaces`. The reason of an answer without rows says that rows of its window were lost.
 */
export function foldSpan<W extends CoveredWindow>(
  coverage: readonly W[],
  fact: W,
  canMerge: CanMerge<W> = alwaysMerge,
): readonly W[] {
  if (fact.end <= fact.start) return coverage;
  const first = firstIndexEndingAtOrAfter(coverage, fact.start);
  const result = coverage.slice(0, first);
  const overrides = (known: W): boolean => replaces(fact, known);
  let next = fact.start;
  let index = first;
  for (let known = coverage[index]; known !== undefined && known.start <= fact.end; known = coverage[++index]) {
    if (!overrides(known) || known.end <= fact.start || known.start >= fact.end) {
      if (known.start > next) append(result, { ...fact, start: next, end: Math.min(known.start, fact.end) }, canMerge);
      append(result, known, canMerge);
      next = Math.max(next, known.end);
      continue;
    }
    if (known.start < fact.start) append(result, { ...known, end: fact.start }, canMerge);
    if (isLostWindow(known) && !statesOfRows.has(fact.state)) {
      const start = Math.max(known.start, fact.start);
      if (start > next) append(result, { ...fact, start: next, end: start }, canMerge);
      const reason = keepLoss(fact.reason, known.reason);
      append(result, { ...fact, start, end: Math.min(known.end, fact.end), reason }, canMerge);
      next = known.end;
      if (known.end > fact.end) append(result, { ...known, start: fact.end }, canMerge);
      continue;
    }
    if (known.end > fact.end) {
      append(result, { ...fact, start: next }, canMerge);
      append(result, { ...known, start: fact.end }, canMerge);
      next = known.end;
    }
  }
  if (next < fact.end) append(result, { ...fact, start: next }, canMerge);
  for (let known = coverage[index]; known !== undefined; known = coverage[++index]) append(result, known, canMerge);
  return result;
}

type StateWithCount = Pick<CoveredWindow, 'state' | 'emptyAnswers'>;

/** Returns whether a later fact replaces what is known of the same window of a `span` table. */
export function replaces(fact: StateWithCount, known: StateWithCount): boolean {
  if (overridingStates.has(fact.state)) return true;
  // The stored rows stay, whatever came of the request for them on another scale.
  if (known.state === 'rescaled') return false;
  // The final answer lacks the rows that an earlier one had: the rows stay stored until that is confirmed.
  if (known.state === 'provisional') return (fact.emptyAnswers ?? 0) > 0;
  // A failed request for lost rows says nothing about them: the loss has to stay visible, also outside of every lookback.
  if (known.state === 'missing' && fact.state === 'failed') return fact.emptyAnswers !== undefined;
  return !answeredStates.has(known.state) && !keepsCount(known, fact);
}

/**
 * Returns whether an unconfirmed answer without rows is known and the new fact does not add to its count: a timeout says
 * nothing about the absence, and an answer that came too soon must not restart the spacing.
 */
function keepsCount(known: StateWithCount, fact: StateWithCount): boolean {
  return (
    known.state === 'failed' &&
    known.emptyAnswers !== undefined &&
    fact.state === 'failed' &&
    (fact.emptyAnswers ?? 0) <= known.emptyAnswers
  );
}

/** Appends a window; merges it with the last one if both have the same state. */
function append<W extends CoveredWindow>(result: W[], window: W, canMerge: CanMerge<W>): void {
  const last = result.at(-1);
  if (last?.end !== window.start || !haveSameState(last, window) || !canMerge(last, window)) result.push(window);
  else
    result[result.length - 1] = {
      ...last,
      end: window.end,
      lastRequestedAt: Math.max(last.lastRequestedAt, window.lastRequestedAt),
    };
}

function haveSameState(a: CoveredWindow, b: CoveredWindow): boolean {
  return (
    a.state === b.state &&
    a.reason === b.reason &&
    a.emptyAnswers === b.emptyAnswers &&
    a.lacks === b.lacks &&
    (a.lastRequestedAt === b.lastRequestedAt || finalStates.has(a.state))
  );
}

function firstIndexEndingAtOrAfter(coverage: readonly CoveredWindow[], instant: Instant): number {
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
 * Adds one fact to the coverage of a series of a `point` table: keeps the latest answer and the latest failure after
 * it, so nightly snapshots do not accumulate. When the latest answer goes missing, all earlier ones are discarded too.
 * Lost snapshots stay as `missing`: no later answer brings them back, and the loss must not disappear.
 */
export function foldPoint<W extends CoveredWindow>(coverage: readonly W[], fact: W): readonly W[] {
  if (fact.end <= fact.start) return coverage;
  const latest = foldLatest(coverage, fact);
  const lost = findLostPoints(coverage, fact, latest);
  return lost.length === 0 ? latest : [...lost, ...latest].sort((a, b) => a.start - b.start);
}

function findLostPoints<W extends CoveredWindow>(coverage: readonly W[], fact: W, latest: readonly W[]): readonly W[] {
  if (fact.state !== 'missing' && !coverage.some(({ state }) => state === 'missing')) return [];
  const known = new Set(latest.map(({ start }) => start));
  if (answeredStates.has(fact.state)) known.add(fact.start);
  return [...coverage, fact].filter(({ state, start }) => {
    if (state !== 'missing' || known.has(start)) return false;
    known.add(start);
    return true;
  });
}

function foldLatest<W extends CoveredWindow>(coverage: readonly W[], fact: W): readonly W[] {
  const answer = coverage.find(({ state }) => answeredStates.has(state));
  const failure = coverage.findLast(
    ({ state, start }) => !answeredStates.has(state) && (answer === undefined || start > answer.start),
  );
  if (answeredStates.has(fact.state)) {
    const latest = answer !== undefined && answer.start > fact.start ? answer : fact;
    return failure !== undefined && failure.start > latest.start ? [latest, failure] : [latest];
  }
  const isAnswerMissing =
    fact.state === 'missing' && answer !== undefined && fact.start <= answer.start && answer.start < fact.end;
  const remaining = isAnswerMissing ? undefined : answer;
  const keepsFailure = failure !== undefined && (failure.start > fact.start || keepsCount(failure, fact));
  const latestFailure = keepsFailure ? failure : fact;
  if (remaining === undefined) return [latestFailure];
  return latestFailure.start > remaining.start ? [remaining, latestFailure] : [remaining];
}

/** Folds over shared lists: equal histories are one object. */
export interface InterningFold<W extends CoveredWindow = CoveredWindow> {
  readonly empty: readonly W[];
  /** Returns the shared list with these windows. */
  intern(coverage: readonly W[]): readonly W[];
  /**
   * Returns a function that adds the fact to a list, created once for all series that the fact is about. `before` must
   * be a shared list.
   */
  applyFact(fact: W): (before: readonly W[]) => readonly W[];
}

/**
 * Shares the lists that a fold returns. `extraKey` distinguishes windows that differ in more than the fields of
 * `CoveredWindow`.
 */
export function createInterningFold<W extends CoveredWindow>(
  fold: (coverage: readonly W[], fact: W) => readonly W[],
  extraKey: (window: W) => string = () => '',
): InterningFold<W> {
  const numbers = new Map<W, number>();
  const windows = new Map<string, W>();
  const lists = new Map<number, (readonly W[])[]>();
  const steps = new Map<W, (before: readonly W[]) => readonly W[]>();
  const empty: readonly W[] = [];

  function internWindow(window: W): W {
    if (numbers.has(window)) return window;
    const { start, end, state, lastRequestedAt, reason, emptyAnswers, lacks = '' } = window;
    const key = `${start} ${end} ${lastRequestedAt} ${state}${emptyAnswers ?? ''}${reason === undefined ? '' : `=${reason}`}\u0000${lacks}\u0000${extraKey(window)}`;
    const known = windows.get(key);
    if (known !== undefined) return known;
    windows.set(key, window);
    numbers.set(window, windows.size);
    return window;
  }

  function intern(coverage: readonly W[]): readonly W[] {
    if (coverage.length === 0) return empty;
    const list = coverage.map(internWindow);
    let hash = 0;
    for (const window of list) hash = (Math.imul(hash, 31) + (numbers.get(window) ?? 0)) | 0;
    const bucket = lists.get(hash);
    const known = bucket?.find(
      (other) => other.length === list.length && other.every((window, at) => window === list[at]),
    );
    if (known !== undefined) return known;
    if (bucket === undefined) lists.set(hash, [list]);
    else bucket.push(list);
    return list;
  }

  return {
    empty,
    intern,
    applyFact(fact) {
      const interned = internWindow(fact);
      let step = steps.get(interned);
      if (step === undefined) {
        const results = new Map<readonly W[], readonly W[]>();
        step = (before) => {
          let after = results.get(before);
          if (after === undefined) results.set(before, (after = intern(fold(before, interned))));
          return after;
        };
        steps.set(interned, step);
      }
      return step;
    },
  };
}

/** Creates the fold for a kind of table, with shared lists. */
export function createCoverageFold(kind: 'span' | 'point'): InterningFold {
  return createInterningFold<CoveredWindow>(kind === 'span' ? foldSpan : foldPoint);
}

/** Creates the fact of one window. */
export function createCoveredWindow(
  window: { readonly start: Instant; readonly end: Instant },
  state: CoverageState,
  lastRequestedAt: Instant,
  reason?: string,
  emptyAnswers?: number,
  lacks?: EncodedLacks,
): CoveredWindow {
  return {
    start: window.start,
    end: window.end,
    state,
    lastRequestedAt,
    ...(reason === undefined ? {} : { reason }),
    ...(emptyAnswers === undefined ? {} : { emptyAnswers }),
    ...(lacks === undefined ? {} : { lacks }),
  };
}
