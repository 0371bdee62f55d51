import type { CoverageFact } from '../../core/coverage.js';
import { isAnswered } from '../../core/coverage-fold.js';
import type { Instant } from '../../core/time/time.js';
import { overlaps } from '../../core/time/window.js';
import type { Commit } from './parse-commit.js';
import type { FactInput } from './fact-encoding.js';
import type { FileScope } from './file-scope.js';
import { hasRows, repairStep } from './lost-span-windows.js';
import type { LostWindow } from './lost-span-windows.js';
import { seriesKey, splitSeriesName } from './series-keys.js';

/** One snapshot of a series, and every commit that recorded it. */
interface PointAnswer {
  readonly input: FactInput;
  readonly versions: number[];
}

/**
 * The facts to record about a `point` table after damage: the missing snapshots of each series, and, if its latest snapshot is
 * among them, once more the latest remaining one under its original request.
 */
export async function findLostPointWindows(
  commits: AsyncIterable<Commit>,
  damagedScopes: readonly FileScope[],
): Promise<readonly (LostWindow | FactInput)[]> {
  const histories = await collectAnswers(commits);
  return [...histories.values()].flatMap((history) => buildCorrections(history, damagedScopes));
}

async function collectAnswers(commits: AsyncIterable<Commit>): Promise<ReadonlyMap<string, Map<Instant, PointAnswer>>> {
  const histories = new Map<string, Map<Instant, PointAnswer>>();
  for await (const { version, groups } of commits) {
    for (const { size, step, calendar, fact } of groups) {
      for (let row = 0; row < size; row++) {
        const input = { fact: fact(row), step, calendar };
        const name = seriesKey(input.fact.provider, input.fact.series);
        let history = histories.get(name);
        if (history === undefined) histories.set(name, (history = new Map<Instant, PointAnswer>()));
        recordFact(history, input, version);
      }
    }
  }
  return histories;
}

function recordFact(history: Map<Instant, PointAnswer>, input: FactInput, version: number): void {
  const { state, window } = input.fact;
  if (state === 'missing') {
    for (const instant of history.keys()) if (instant >= window.start && instant < window.end) history.delete(instant);
  }
  if (!isAnswered(state)) return;
  const existing = history.get(window.start);
  if (existing === undefined) history.set(window.start, { input, versions: [version] });
  else existing.versions.push(version);
}

function buildCorrections(
  history: ReadonlyMap<Instant, PointAnswer>,
  damagedScopes: readonly FileScope[],
): readonly (LostWindow | FactInput)[] {
  const oldestFirst = [...history.values()].sort((a, b) => a.input.fact.window.start - b.input.fact.window.start);
  const located = oldestFirst.map((answer) => ({ answer, damagedPath: findDamagedPath(answer, damagedScopes) }));
  const lostWindows = located.flatMap(({ answer, damagedPath }) =>
    damagedPath === null ? [] : [toLostWindow(answer, damagedPath)],
  );
  const isLatestLost = located.at(-1)?.damagedPath !== null;
  const remaining = isLatestLost ? located.findLast(({ damagedPath }) => damagedPath === null) : undefined;
  return remaining === undefined ? lostWindows : [...lostWindows, remaining.answer.input];
}

function toLostWindow({ input: { fact, calendar } }: PointAnswer, damagedPath: string): LostWindow {
  const { provider, series, window, requestedAt } = fact;
  const missing = {
    provider,
    series,
    window,
    state: 'missing',
    requestedAt,
    rows: 0,
    reason: damagedPath,
    upstream: [],
  } as const;
  return { fact: missing, step: repairStep, calendar };
}

/** The damaged file that held the rows of a snapshot; null if no damaged file did. */
function findDamagedPath({ input, versions }: PointAnswer, damagedScopes: readonly FileScope[]): string | null {
  const { fact } = input;
  if (!hasRows(fact.state)) return null;
  const scope = damagedScopes.find((candidate) => {
    const { start, end } = candidate.getTimeBounds(null);
    return (
      (candidate.commitVersions === null ||
        versions.some((version) => candidate.commitVersions?.has(version) === true)) &&
      fact.window.start >= start &&
      fact.window.start < end &&
      mayHoldSeries(candidate, fact) &&
      candidate.listDeletedDays?.(fact, null).some((deleted) => overlaps(deleted, fact.window)) !== false
    );
  });
  return scope?.reason ?? null;
}

function mayHoldSeries(scope: FileScope, { provider, series }: CoverageFact): boolean {
  const { prefix, key, suffix } = splitSeriesName(series);
  return scope.mayHoldFamily({ provider, prefix, suffix }) && scope.mayHoldKey(key);
}
