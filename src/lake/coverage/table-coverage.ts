import { createCoveredWindow, foldPoint, foldSpan } from '../../core/coverage-fold.js';
import type { CoverageFact, CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import type { RequestId } from '../../core/request.js';
import { isLostWindow } from '../../core/loss-reasons.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { DamagedFile } from '../api.js';
import type { LiveFile } from '../delta/actions.js';
import { findWriteRefusal } from '../delta/write-refusal.js';
import type { TableHeader, WriteRefusal } from '../delta/write-refusal.js';
import { corruptCommitError, readCommit } from '../delta/commit-file.js';
import { expectLogEnd } from '../delta/log-listing.js';
import { nextVersion } from '../delta/paths.js';
import { findProvenVersion, readFoldCheckpoint, writeFoldCheckpoint } from './fold-checkpoint.js';
import { parseCommit } from './parse-commit.js';
import type { Commit } from './parse-commit.js';
import { findDamagedFiles } from './damaged-files.js';
import type { FactInput } from './fact-encoding.js';
import { toFileScope, toPartScope } from './file-scope.js';
import type { FileScope, LostPart } from './file-scope.js';
import { findForeignScopes } from './foreign-scopes.js';
import type { Engine } from '../parquet/engine.js';
import { findLostPointWindows } from './lost-point-windows.js';
import { findLostSpanWindows } from './lost-span-windows.js';
import { seriesKey } from './series-keys.js';
import { applyCommit, changeHeader, getCoverage, createTableFold } from './table-fold.js';
import type { LogTail, TableFold } from './table-fold.js';

/*
 * The windows of a lost file are determined exactly if its writer
 *
 * - passes the time zone of every calendar to `encodeFacts`, so that the days in a folder (`period=2026`) are those of the exchange;
 * - tags every `add` with `pipe.commits`, the versions of the commits whose rows are in the file;
 * - records minimum and maximum of text columns in the order of their bytes.
 */

/** The coverage of one table at one version of its log. */
export interface TableCoverage {
  readonly dataset: Dataset;
  /** Null if there is no table yet. */
  readonly version: number | null;
  /** An empty list if nothing is known. */
  coverage(provider: ProviderName, series: SeriesName): SeriesCoverage;
  series(): Iterable<{ readonly provider: ProviderName; readonly series: SeriesName }>;
  /** The series with windows whose rows are lost. */
  lostSeries(): Iterable<{ readonly provider: ProviderName; readonly series: SeriesName }>;
  /** The live files by path, including damaged ones. */
  readonly files: ReadonlyMap<string, LiveFile>;
  /** Why the table can be read but not written; null if it can. */
  readonly refusal: WriteRefusal | null;
  /** Empty if files were not checked. */
  readonly damage: readonly DamagedFile[];
  /** The facts about lost rows, for a commit that removes the damaged files from the table. */
  buildCorrections(requestId: RequestId): readonly FactInput[];
  /** The size of the log beyond the coverage checkpoint; see `isCheckpointDue`. */
  readonly tail: LogTail;
  /** The fold of the log, without regard to damage. */
  readonly fold: TableFold;
}

export interface CoverageOptions {
  /** `trust` does not check the files: for a writer that has just checked them. */
  readonly files?: 'check' | 'trust';
  /** Compares the rows that other programs deleted with those in their place; opened only for such a commit. */
  readonly engine?: () => Promise<Engine>;
  /** The lost parts of damaged files whose other rows are saved. */
  readonly salvaged?: ReadonlyMap<string, readonly LostPart[]>;
}

/** The coverage of a table at a version, by its log alone: the files of that time may be deleted. */
export async function readPastCoverage(
  tableFolder: string,
  dataset: Dataset,
  version: number | null,
): Promise<TableCoverage> {
  const checkpoint = version === null ? null : await readFoldCheckpoint(tableFolder, dataset);
  const isEarlier = checkpoint !== null && nextVersion(checkpoint.version) <= nextVersion(version);
  const table = isEarlier ? checkpoint : createTableFold(dataset);
  for (let next = nextVersion(table.version); next < nextVersion(version); next++) {
    const content = await readCommit(tableFolder, next);
    if (content === null) throw corruptCommitError(tableFolder, next, 'this commit is missing while later ones exist');
    applyCommit(table, parseCommit(content, tableFolder, next));
  }
  return toTableCoverage(table, [], []);
}

/** The coverage of a table without commits. */
export function createEmptyCoverage(dataset: Dataset): TableCoverage {
  return toTableCoverage(createTableFold(dataset), [], []);
}

/** The current coverage of a table: its newest checkpoint and the commits after it, compared with the files on disk. */
export async function readTableCoverage(
  tableFolder: string,
  dataset: Dataset,
  { files = 'check', engine, salvaged = new Map() }: CoverageOptions = {},
): Promise<TableCoverage> {
  const table = (await readFoldCheckpoint(tableFolder, dataset)) ?? createTableFold(dataset);
  table.header ??= await readHeader(tableFolder, table.version);
  await applyNewCommits(tableFolder, table);
  await expectLogEnd(tableFolder, table.version);
  const proven = await findProvenVersion(tableFolder, dataset, table.version);
  if (proven !== null) {
    const problem = `this commit is missing, and a coverage checkpoint of version ${proven} exists`;
    throw corruptCommitError(tableFolder, nextVersion(table.version), problem);
  }
  const damage = files === 'trust' ? [] : await findDamagedFiles(tableFolder, dataset, table.files.values());
  const changes = engine === undefined ? [] : table.foreignChanges;
  const foreignScopes = engine === undefined ? [] : await findForeignScopes(tableFolder, dataset, changes, engine);
  if (damage.length === 0 && foreignScopes.length === 0) return toTableCoverage(table, damage, []);
  return toTableCoverage(
    table,
    damage,
    await findCorrections(tableFolder, table, [...findDamagedScopes(table, damage, salvaged), ...foreignScopes]),
  );
}

function findDamagedScopes(
  { dataset, files }: TableFold,
  damage: readonly DamagedFile[],
  salvaged: ReadonlyMap<string, readonly LostPart[]>,
): readonly FileScope[] {
  const { kind } = tables[dataset];
  return damage.flatMap(({ path }) => {
    const file = files.get(path);
    if (file === undefined) return [];
    return salvaged.get(path)?.map((part) => toPartScope(file, part, kind)) ?? [toFileScope(file, kind)];
  });
}

/** The coverage of a table for its writer: read once, then advanced commit by commit. Files are not checked. */
export function trackTableCoverage(tableFolder: string, dataset: Dataset): () => Promise<TableCoverage> {
  let table: TableFold | null = null;
  return async () => {
    if (table === null) ({ fold: table } = await readTableCoverage(tableFolder, dataset, { files: 'trust' }));
    else await applyNewCommits(tableFolder, table);
    return toTableCoverage(table, [], []);
  };
}

/** Returns whether reading the commits beyond the checkpoint costs more than writing a new one. */
export function isCheckpointDue({ commits, bytes }: LogTail): boolean {
  return commits >= 20 || (commits > 0 && bytes >= 8 * 1024 * 1024);
}

/** Writes the coverage checkpoint of the version that was read, and deletes older ones. */
export async function writeCoverageCheckpoint(tableFolder: string, { fold }: TableCoverage): Promise<void> {
  await writeFoldCheckpoint(tableFolder, fold);
  fold.tail = { commits: 0, bytes: 0 };
}

/** The header of a table at a version, for a checkpoint that lacks it. */
async function readHeader(tableFolder: string, version: number | null): Promise<TableHeader> {
  let header: TableHeader = { protocol: null, metadata: null, changedBy: null };
  for (let next = 0; next < nextVersion(version); next++) {
    const content = await readCommit(tableFolder, next);
    if (content !== null) header = changeHeader(header, parseCommit(content, tableFolder, next));
  }
  return header;
}

async function applyNewCommits(tableFolder: string, table: TableFold): Promise<void> {
  for await (const commit of readCommitsAfter(tableFolder, table.version)) applyCommit(table, commit);
}

async function* readCommitsAfter(tableFolder: string, version: number | null): AsyncIterable<Commit> {
  for (let next = nextVersion(version); ; next++) {
    const content = await readCommit(tableFolder, next);
    if (content === null) return;
    yield parseCommit(content, tableFolder, next);
  }
}

type Correction = Omit<FactInput, 'fact'> & {
  readonly fact: Omit<CoverageFact, 'requestId'> & { requestId?: RequestId };
};

async function findCorrections(
  tableFolder: string,
  { dataset, version }: TableFold,
  scopes: readonly FileScope[],
): Promise<readonly Correction[]> {
  const { kind } = tables[dataset];
  const commits = readCommitsUntil(tableFolder, version);
  return kind === 'span' ? findLostSpanWindows(commits, scopes) : findLostPointWindows(commits, scopes);
}

/** The log up to a version, without later commits. */
async function* readCommitsUntil(tableFolder: string, version: number | null): AsyncIterable<Commit> {
  for (let next = 0; next < nextVersion(version); next++) {
    const content = await readCommit(tableFolder, next);
    if (content === null)
      throw corruptCommitError(
        tableFolder,
        next,
        'this commit is missing, and without it the lost windows are unknown',
      );
    yield parseCommit(content, tableFolder, next, 'skip');
  }
}

function toTableCoverage(
  table: TableFold,
  damage: readonly DamagedFile[],
  corrections: readonly Correction[],
): TableCoverage {
  const { dataset, version, files, tail, families } = table;
  const fold = tables[dataset].kind === 'span' ? foldSpan<CoveredWindow> : foldPoint<CoveredWindow>;
  const corrected = new Map<string, SeriesCoverage>();
  for (const { fact } of corrections) {
    const { provider, series, window, state, requestedAt, reason, emptyAnswers, lacks } = fact;
    const name = seriesKey(provider, series);
    const before = corrected.get(name) ?? getCoverage(table, provider, series);
    const covered = createCoveredWindow(window, state, requestedAt, reason, emptyAnswers, lacks);
    corrected.set(name, fold(before, covered));
  }
  return {
    dataset,
    version,
    files,
    damage,
    refusal: table.header === null ? null : findWriteRefusal(dataset, table.header),
    tail,
    fold: table,
    coverage: (provider, series) =>
      (corrected.size === 0 ? undefined : corrected.get(seriesKey(provider, series))) ??
      getCoverage(table, provider, series),
    *series() {
      for (const { provider, prefix, suffix, lists } of families.values()) {
        for (const key of lists.keys()) yield { provider, series: prefix + key + suffix };
      }
    },
    *lostSeries() {
      const found = new Set<string>();
      for (const { fact } of corrections) {
        const { provider, series, state } = fact;
        const name = seriesKey(provider, series);
        if (state !== 'missing' || found.has(name)) continue;
        found.add(name);
        yield { provider, series };
      }
      // Thousands of series share a few lists: each list is searched once.
      const searched = new Map<SeriesCoverage, boolean>();
      for (const { provider, prefix, suffix, lists } of families.values()) {
        for (const [key, list] of lists) {
          let isLost = searched.get(list);
          if (isLost === undefined) searched.set(list, (isLost = list.some(isLostWindow)));
          const series = prefix + key + suffix;
          if (isLost && !found.has(seriesKey(provider, series))) yield { provider, series };
        }
      }
    },
    buildCorrections: (requestId) =>
      corrections.map(({ fact, ...rest }) => ({ ...rest, fact: { requestId, ...fact } })),
  };
}
