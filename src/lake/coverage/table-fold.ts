import { coveredWindow, foldPoint, sharedCoverageFold } from '../../core/coverage-fold.js';
import type { SharedFold } from '../../core/coverage-fold.js';
import type { SeriesCoverage } from '../../core/coverage.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables.js';
import type { Dataset } from '../../core/tables.js';
import type { Instant } from '../../core/time.js';
import type { LiveFile } from '../delta/actions.js';
import { numberAt } from './columns.js';
import type { NumberValues } from './columns.js';
import type { Commit } from './commits.js';
import type { FactGroup } from './encoding.js';
import { splitSeriesName } from './series-template.js';

/** Series whose names differ in the key only, with what is known of each. */
export interface SeriesFamily {
  readonly provider: ProviderName;
  readonly before: string;
  readonly after: string;
  /** By key. */
  readonly lists: Map<string, SeriesCoverage>;
}

/** Everything the log of a table says about its coverage up to one version; grows in place as commits are applied. */
export interface TableFold {
  readonly dataset: Dataset;
  version: number;
  readonly families: Map<string, SeriesFamily>;
  /** The live files by path. */
  readonly files: Map<string, LiveFile>;
  /** What was read beyond the checkpoint. */
  tail: LogTail;
  readonly fold: SharedFold;
}

/** How much of the log lies beyond the coverage checkpoint. */
export interface LogTail {
  readonly commits: number;
  readonly bytes: number;
}

export function emptyFold(dataset: Dataset): TableFold {
  const fold = sharedCoverageFold(tables[dataset].kind);
  return { dataset, version: -1, families: new Map(), files: new Map(), tail: { commits: 0, bytes: 0 }, fold };
}

export function applyCommit(table: TableFold, commit: Commit): void {
  for (const path of commit.removed) table.files.delete(path);
  for (const file of commit.added) table.files.set(file.path, file);
  for (const group of commit.groups) applyGroup(table, group);
  table.version = commit.version;
  table.tail = { commits: table.tail.commits + 1, bytes: table.tail.bytes + commit.bytes };
}

function applyGroup(table: TableFold, group: FactGroup): void {
  const { lists } = familyOf(table, group.provider, group.before, group.after);
  const { starts, lengths, state, note, size } = group;
  const { fold } = table;
  if (tables[table.dataset].kind === 'point') {
    // Snapshots have a window of their own each: there is nothing to share.
    for (let row = 0; row < size; row++) {
      const key = group.key(row);
      lists.set(key, foldPoint(lists.get(key) ?? fold.empty, windowOf(group, row)));
    }
    return;
  }
  if (typeof starts === 'number' && typeof lengths === 'number') {
    const window = { start: starts, end: starts + lengths };
    const step = fold.step(coveredWindow(window, state, earliest(group.at), note));
    for (let row = 0; row < size; row++) {
      const key = group.key(row);
      lists.set(key, step(lists.get(key) ?? fold.empty));
    }
    return;
  }
  for (let row = 0; row < size; row++) {
    const key = group.key(row);
    lists.set(key, fold.step(windowOf(group, row))(lists.get(key) ?? fold.empty));
  }
}

function windowOf({ starts, lengths, state, at, note }: FactGroup, row: number): SeriesCoverage[number] {
  const start = numberAt(starts, row);
  return coveredWindow({ start, end: start + numberAt(lengths, row) }, state, numberAt(at, row), note);
}

/**
 * The instant of asking that counts for a whole group: its earliest, less than an hour from the others. Were each series to
 * keep its own, no two would ever have the same history.
 */
function earliest(at: NumberValues): Instant {
  if (typeof at === 'number') return at;
  let least = Infinity;
  for (const instant of at) least = Math.min(least, instant);
  return least;
}

export function familyOf(table: TableFold, provider: ProviderName, before: string, after: string): SeriesFamily {
  const name = familyName(provider, before, after);
  let family = table.families.get(name);
  if (family === undefined) {
    family = { provider, before, after, lists: new Map() };
    table.families.set(name, family);
  }
  return family;
}

/** What is known of one series; an empty list where nothing is. */
export function coverageOf(table: TableFold, provider: ProviderName, series: SeriesName): SeriesCoverage {
  const { before, key, after } = splitSeriesName(series);
  return table.families.get(familyName(provider, before, after))?.lists.get(key) ?? table.fold.empty;
}

function familyName(provider: ProviderName, before: string, after: string): string {
  return `${provider}\n${before}\n${after}`;
}
