import { createCoveredWindow, foldSpan, createInterningFold } from '../../core/coverage-fold.js';
import type { CoverageState, CoveredWindow } from '../../core/coverage.js';
import { intersect, normalize } from '../../core/time/window.js';
import { getNumber } from './column-encoding.js';
import type { Commit } from './parse-commit.js';
import type { FactInput } from './fact-encoding.js';
import type { FileScope } from './file-scope.js';
import { familyKey } from './table-fold.js';
import type { SeriesFamily } from './table-fold.js';

/** The commit of a window's rows, and the calendar whose days the window follows. */
interface CommitOrigin {
  readonly version: number;
  readonly calendar: string;
  readonly zone: string | null;
}

interface TracedWindow extends CoveredWindow {
  /** Position in the list of commit origins. */
  readonly origin: number;
}

interface TracedFamily extends Pick<SeriesFamily, 'provider' | 'prefix' | 'suffix'> {
  readonly lists: Map<string, readonly TracedWindow[]>;
}

/** A fact about lost rows, without the request id that it will be recorded under. */
export type LostWindow = Omit<FactInput, 'fact'> & { readonly fact: Omit<FactInput['fact'], 'requestId'> };

/** States whose windows have rows in a file. */
export function hasRows(state: CoverageState): boolean {
  return state === 'data' || state === 'provisional' || state === 'rescaled';
}

/**
 * The windows of a `span` table whose rows were in damaged files: after all later commits they still belong to a commit whose
 * rows are in the file, and they lie within the days of its folder.
 */
export async function findLostSpanWindows(
  commits: AsyncIterable<Commit>,
  damagedScopes: readonly FileScope[],
): Promise<readonly LostWindow[]> {
  const { families, origins } = await foldWithOrigins(commits);
  const lostWindows: LostWindow[] = [];
  for (const family of families) {
    const scopes = damagedScopes.filter((scope) => scope.mayHoldFamily(family));
    if (scopes.length === 0) continue;
    for (const [key, windows] of family.lists) {
      for (const scope of scopes) {
        if (scope.mayHoldKey(key)) lostWindows.push(...collectLostWindows(family, key, windows, scope, origins));
      }
    }
  }
  return lostWindows;
}

function collectLostWindows(
  { provider, prefix, suffix }: TracedFamily,
  key: string,
  windows: readonly TracedWindow[],
  scope: FileScope,
  origins: readonly CommitOrigin[],
): readonly LostWindow[] {
  return windows.flatMap(({ start, end, state, lastRequestedAt, origin: position }): LostWindow[] => {
    const origin = origins[position];
    if (origin === undefined || !hasRows(state) || scope.commitVersions?.has(origin.version) === false) return [];
    const bounds = scope.getTimeBounds(origin.zone);
    const series = prefix + key + suffix;
    const lost = [{ start: Math.max(start, bounds.start), end: Math.min(end, bounds.end) }];
    const days = scope.listDeletedDays?.({ provider, series }, origin.zone);
    return (days === undefined ? lost : intersect(lost, normalize(days))).flatMap((window): LostWindow[] => {
      if (window.start >= window.end) return [];
      const fact = {
        provider,
        series,
        window,
        state: 'missing',
        requestedAt: lastRequestedAt,
        rows: 0,
        reason: scope.reason,
        upstream: [],
      } as const;
      return [{ fact, step: repairStep, calendar: origin.calendar }];
    });
  });
}

/** The step of facts about lost rows, which no step of a pipeline requested. */
export const repairStep = 'repair';

async function foldWithOrigins(
  commits: AsyncIterable<Commit>,
): Promise<{ readonly families: Iterable<TracedFamily>; readonly origins: readonly CommitOrigin[] }> {
  const fold = createInterningFold<TracedWindow>(
    (coverage, fact) => foldSpan(coverage, fact, (a, b) => a.origin === b.origin),
    ({ origin }) => String(origin),
  );
  const families = new Map<string, TracedFamily>();
  const origins: CommitOrigin[] = [];
  for await (const { version, groups } of commits) {
    for (const group of groups) {
      const { provider, prefix, suffix, calendar, zone, state, reason } = group;
      const name = familyKey(provider, prefix, suffix);
      let family = families.get(name);
      if (family === undefined) families.set(name, (family = { provider, prefix, suffix, lists: new Map() }));
      const origin = origins.push({ version, calendar, zone }) - 1;
      const applyRow = (row: number): ((before: readonly TracedWindow[]) => readonly TracedWindow[]) => {
        const start = getNumber(group.starts, row);
        const window = { start, end: start + getNumber(group.lengths, row) };
        // The exact request time has no meaning here and would distinguish equal histories.
        return fold.applyFact({
          ...createCoveredWindow(window, state, getNumber(group.requestedAt, 0), reason),
          origin,
        });
      };
      const shared = typeof group.starts === 'number' && typeof group.lengths === 'number' ? applyRow(0) : null;
      for (let row = 0; row < group.size; row++) {
        const key = group.key(row);
        family.lists.set(key, (shared ?? applyRow(row))(family.lists.get(key) ?? fold.empty));
      }
    }
  }
  return { families: families.values(), origins };
}
