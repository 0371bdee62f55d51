import { coveredWindow, foldSpan, sharedFold } from '../../core/coverage-fold.js';
import type { CoverageState, CoveredWindow } from '../../core/coverage.js';
import { numberAt } from './columns.js';
import type { Commit } from './commits.js';
import type { FactInput } from './encoding.js';
import type { FileScope } from './file-scope.js';
import type { SeriesFamily } from './table-fold.js';

/** The commit that a window's rows came with, and whose days the window follows. */
interface Owner {
  readonly version: number;
  readonly calendar: string;
  readonly zone: string | null;
}

interface OwnedWindow extends CoveredWindow {
  /** Position in the list of owners. */
  readonly owner: number;
}

interface OwnedFamily extends Pick<SeriesFamily, 'provider' | 'before' | 'after'> {
  readonly lists: Map<string, readonly OwnedWindow[]>;
}

/** A fact of a loss, still without the request it will be recorded under. */
export type Loss = Omit<FactInput, 'fact'> & { readonly fact: Omit<FactInput['fact'], 'requestId'> };

/** States whose windows have rows in a file. */
export function hasRows(state: CoverageState): boolean {
  return state === 'data' || state === 'provisional';
}

/**
 * The windows of a `span` table whose rows were in damaged files: those that belong, after everything that came later, to a
 * commit in the file, as far as they lie in the days of its folder.
 */
export async function spanLosses(
  commits: AsyncIterable<Commit>,
  damaged: readonly FileScope[],
): Promise<readonly Loss[]> {
  const { families, owners } = await foldOwners(commits);
  const losses: Loss[] = [];
  for (const family of families) {
    const scopes = damaged.filter((scope) => scope.holdsFamily(family));
    if (scopes.length === 0) continue;
    for (const [key, windows] of family.lists) {
      for (const scope of scopes) {
        if (scope.holdsKey(key)) losses.push(...lossesOf(family, key, windows, scope, owners));
      }
    }
  }
  return losses;
}

function lossesOf(
  { provider, before, after }: OwnedFamily,
  key: string,
  windows: readonly OwnedWindow[],
  scope: FileScope,
  owners: readonly Owner[],
): readonly Loss[] {
  return windows.flatMap(({ start, end, state, at, owner: position }): Loss[] => {
    const owner = owners[position];
    if (owner === undefined || !hasRows(state) || scope.commits?.has(owner.version) === false) return [];
    const bounds = scope.bounds(owner.zone);
    const window = { start: Math.max(start, bounds.start), end: Math.min(end, bounds.end) };
    if (window.start >= window.end) return [];
    const series = before + key + after;
    const fact = {
      provider,
      series,
      window,
      state: 'missing',
      requestedAt: at,
      rows: 0,
      note: scope.file.path,
      upstream: [],
    } as const;
    return [{ fact, step: repairStep, calendar: owner.calendar }];
  });
}

/** The step that facts about losses are recorded under: no step of the pipeline asked. */
export const repairStep = 'repair';

async function foldOwners(
  commits: AsyncIterable<Commit>,
): Promise<{ readonly families: Iterable<OwnedFamily>; readonly owners: readonly Owner[] }> {
  const fold = sharedFold<OwnedWindow>(
    (coverage, fact) => foldSpan(coverage, fact, (a, b) => a.owner === b.owner),
    ({ owner }) => String(owner),
  );
  const families = new Map<string, OwnedFamily>();
  const owners: Owner[] = [];
  for await (const { version, groups } of commits) {
    for (const group of groups) {
      const { provider, before, after, calendar, zone, state, note } = group;
      const name = `${provider}\n${before}\n${after}`;
      let family = families.get(name);
      if (family === undefined) families.set(name, (family = { provider, before, after, lists: new Map() }));
      const owner = owners.push({ version, calendar, zone }) - 1;
      const step = (row: number): ((before: readonly OwnedWindow[]) => readonly OwnedWindow[]) => {
        const start = numberAt(group.starts, row);
        const window = { start, end: start + numberAt(group.lengths, row) };
        // The exact instant of asking means nothing here and would keep equal histories apart.
        return fold.step({ ...coveredWindow(window, state, numberAt(group.at, 0), note), owner });
      };
      const shared = typeof group.starts === 'number' && typeof group.lengths === 'number' ? step(0) : null;
      for (let row = 0; row < group.size; row++) {
        const key = group.key(row);
        family.lists.set(key, (shared ?? step(row))(family.lists.get(key) ?? fold.empty));
      }
    }
  }
  return { families: families.values(), owners };
}
