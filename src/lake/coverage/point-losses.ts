import type { CoverageFact } from '../../core/coverage.js';
import { isAnswered } from '../../core/coverage-fold.js';
import type { Instant } from '../../core/time.js';
import type { Commit } from './commits.js';
import type { FactInput } from './encoding.js';
import type { FileScope } from './file-scope.js';
import { hasRows, repairStep } from './span-losses.js';
import type { Loss } from './span-losses.js';
import { splitSeriesName } from './series-template.js';

/** One answer of a series, and every commit that vouched for it. */
interface Snapshot {
  readonly input: FactInput;
  readonly versions: number[];
}

/**
 * What to record about a `point` table after damage: which snapshots of a series are missing, and where its latest one is
 * among them, that the latest one that remains counts again, under the request that once brought it.
 */
export async function pointLosses(
  commits: AsyncIterable<Commit>,
  damaged: readonly FileScope[],
): Promise<readonly (Loss | FactInput)[]> {
  const histories = await snapshotsOf(commits);
  return [...histories.values()].flatMap((history) => correctionsOf(history, damaged));
}

async function snapshotsOf(commits: AsyncIterable<Commit>): Promise<ReadonlyMap<string, Map<Instant, Snapshot>>> {
  const histories = new Map<string, Map<Instant, Snapshot>>();
  for await (const { version, groups } of commits) {
    for (const { size, step, calendar, fact } of groups) {
      for (let row = 0; row < size; row++) {
        const input = { fact: fact(row), step, calendar };
        const name = `${input.fact.provider} ${input.fact.series}`;
        let history = histories.get(name);
        if (history === undefined) histories.set(name, (history = new Map<Instant, Snapshot>()));
        record(history, input, version);
      }
    }
  }
  return histories;
}

function record(history: Map<Instant, Snapshot>, input: FactInput, version: number): void {
  const { state, window } = input.fact;
  if (state === 'missing') {
    for (const instant of history.keys()) if (instant >= window.start && instant < window.end) history.delete(instant);
  }
  if (!isAnswered(state)) return;
  const known = history.get(window.start);
  if (known === undefined) history.set(window.start, { input, versions: [version] });
  else known.versions.push(version);
}

function correctionsOf(
  history: ReadonlyMap<Instant, Snapshot>,
  damaged: readonly FileScope[],
): readonly (Loss | FactInput)[] {
  const oldestFirst = [...history.values()].sort((a, b) => a.input.fact.window.start - b.input.fact.window.start);
  const placed = oldestFirst.map((snapshot) => ({ snapshot, place: placeOfLoss(snapshot, damaged) }));
  const losses = placed.flatMap(({ snapshot, place }) => (place === null ? [] : [lossOf(snapshot, place)]));
  const isLatestLost = placed.at(-1)?.place !== null;
  const remaining = isLatestLost ? placed.findLast(({ place }) => place === null) : undefined;
  return remaining === undefined ? losses : [...losses, remaining.snapshot.input];
}

function lossOf({ input: { fact, calendar } }: Snapshot, place: string): Loss {
  const { provider, series, window, requestedAt } = fact;
  const missing = {
    provider,
    series,
    window,
    state: 'missing',
    requestedAt,
    rows: 0,
    note: place,
    upstream: [],
  } as const;
  return { fact: missing, step: repairStep, calendar };
}

/** The damaged file in which a snapshot's rows were; null when they are still there. */
function placeOfLoss({ input, versions }: Snapshot, damaged: readonly FileScope[]): string | null {
  const { fact } = input;
  if (!hasRows(fact.state)) return null;
  const scope = damaged.find((candidate) => {
    const { start, end } = candidate.bounds(null);
    return (
      (candidate.commits === null || versions.some((version) => candidate.commits?.has(version) === true)) &&
      fact.window.start >= start &&
      fact.window.start < end &&
      holdsSeries(candidate, fact)
    );
  });
  return scope?.file.path ?? null;
}

function holdsSeries(scope: FileScope, { provider, series }: CoverageFact): boolean {
  const { before, key, after } = splitSeriesName(series);
  return scope.holdsFamily({ provider, before, after }) && scope.holdsKey(key);
}
