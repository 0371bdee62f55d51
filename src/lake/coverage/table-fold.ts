import { createCoveredWindow, foldPoint, createCoverageFold } from '../../core/coverage-fold.js';
import type { InterningFold } from '../../core/coverage-fold.js';
import type { SeriesCoverage } from '../../core/coverage.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { LiveFile } from '../delta/actions.js';
import type { TableHeader } from '../delta/write-refusal.js';
import { getNumber } from './column-encoding.js';
import type { NumberValues } from './column-encoding.js';
import type { Commit } from './parse-commit.js';
import type { FactGroup } from './fact-decoding.js';
import { splitSeriesName } from './series-keys.js';

/** Series whose names differ only in the key, with the coverage of each. */
export interface SeriesFamily {
  readonly provider: ProviderName;
  readonly prefix: string;
  readonly suffix: string;
  /** By key. */
  readonly lists: Map<string, SeriesCoverage>;
}

/** The coverage of a table by its log up to one version. Mutable: `applyCommit` advances it. */
export interface TableFold {
  readonly dataset: Dataset;
  /** Null without a commit. */
  version: number | null;
  readonly families: Map<string, SeriesFamily>;
  /** The live files by path. */
  readonly files: Map<string, LiveFile>;
  tail: LogTail;
  /** Commits of other programs whose deletions no commit of pipe has recorded yet. */
  foreignChanges: readonly ForeignChange[];
  /** Null if a checkpoint of an earlier version, which lacks it, is all that was read. */
  header: TableHeader | null;
  readonly fold: InterningFold;
}

/** The files that a commit of another program removed, and those that it added in their place. */
export interface ForeignChange {
  readonly version: number;
  readonly removed: readonly LiveFile[];
  readonly added: readonly LiveFile[];
}

/** The size of the log beyond the coverage checkpoint. */
export interface LogTail {
  readonly commits: number;
  readonly bytes: number;
}

export function createTableFold(dataset: Dataset): TableFold {
  const fold = createCoverageFold(tables[dataset].kind);
  const tail = { commits: 0, bytes: 0 };
  const header = { protocol: null, metadata: null, changedBy: null };
  return { dataset, version: null, families: new Map(), files: new Map(), tail, foreignChanges: [], header, fold };
}

export function applyCommit(table: TableFold, commit: Commit): void {
  const changed = commit.changedByOthers.flatMap((path) => table.files.get(path) ?? []);
  if (changed.length > 0) {
    const change = { version: commit.version, removed: changed, added: commit.added };
    table.foreignChanges = [...table.foreignChanges, change];
  }
  if (commit.handledVersions.length > 0) {
    const handledVersions = new Set(commit.handledVersions);
    table.foreignChanges = table.foreignChanges.filter(({ version }) => !handledVersions.has(version));
  }
  for (const path of commit.removed) table.files.delete(path);
  for (const file of commit.added) table.files.set(file.path, file);
  for (const group of commit.groups) applyGroup(table, group);
  if (table.header !== null) table.header = changeHeader(table.header, commit);
  table.version = commit.version;
  table.tail = { commits: table.tail.commits + 1, bytes: table.tail.bytes + commit.bytes };
}

/** The header of a table after a commit. */
export function changeHeader(header: TableHeader, { version, isOwn, protocol, metadata }: Commit): TableHeader {
  if (protocol === null && metadata === null) return header;
  return {
    protocol: protocol ?? header.protocol,
    metadata: metadata ?? header.metadata,
    changedBy: { version, isOwn },
  };
}

function applyGroup(table: TableFold, group: FactGroup): void {
  const { lists } = getFamily(table, group.provider, group.prefix, group.suffix);
  const { starts, lengths, state, reason, emptyAnswers, lacks, size } = group;
  const { fold } = table;
  if (tables[table.dataset].kind === 'point') {
    // Every snapshot has its own window: no list can be shared.
    for (let row = 0; row < size; row++) {
      const key = group.key(row);
      lists.set(key, foldPoint(lists.get(key) ?? fold.empty, toCoveredWindow(group, row)));
    }
    return;
  }
  if (typeof starts === 'number' && typeof lengths === 'number') {
    const window = { start: starts, end: starts + lengths };
    const requestedAt = earliestInstant(group.requestedAt);
    const applyWindow = fold.applyFact(createCoveredWindow(window, state, requestedAt, reason, emptyAnswers, lacks));
    for (let row = 0; row < size; row++) {
      const key = group.key(row);
      lists.set(key, applyWindow(lists.get(key) ?? fold.empty));
    }
    return;
  }
  for (let row = 0; row < size; row++) {
    const key = group.key(row);
    lists.set(key, fold.applyFact(toCoveredWindow(group, row))(lists.get(key) ?? fold.empty));
  }
}

function toCoveredWindow(group: FactGroup, row: number): SeriesCoverage[number] {
  const { starts, lengths, state, reason, emptyAnswers, lacks } = group;
  const start = getNumber(starts, row);
  const window = { start, end: start + getNumber(lengths, row) };
  return createCoveredWindow(window, state, getNumber(group.requestedAt, row), reason, emptyAnswers, lacks);
}

/**
 * The request time that counts for a whole group: its earliest, less than an hour before the others. With a request time of its
 * own for each series, no two series would have equal histories.
 */
function earliestInstant(at: NumberValues): Instant {
  if (typeof at === 'number') return at;
  let minimum = Infinity;
  for (const instant of at) minimum = Math.min(minimum, instant);
  return minimum;
}

export function getFamily(table: TableFold, provider: ProviderName, prefix: string, suffix: string): SeriesFamily {
  const name = familyKey(provider, prefix, suffix);
  let family = table.families.get(name);
  if (family === undefined) {
    family = { provider, prefix, suffix, lists: new Map() };
    table.families.set(name, family);
  }
  return family;
}

/** The coverage of one series; an empty list if nothing is known. */
export function getCoverage(table: TableFold, provider: ProviderName, series: SeriesName): SeriesCoverage {
  const { prefix, key, suffix } = splitSeriesName(series);
  return table.families.get(familyKey(provider, prefix, suffix))?.lists.get(key) ?? table.fold.empty;
}

/** Identifies a family. */
export function familyKey(provider: ProviderName, prefix: string, suffix: string): string {
  return `${provider}\n${prefix}\n${suffix}`;
}
