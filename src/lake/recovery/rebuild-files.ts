import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../platform/error-message.js';
import { parseCommit } from '../coverage/parse-commit.js';
import { applyCommit, createTableFold } from '../coverage/table-fold.js';
import type { TableFold } from '../coverage/table-fold.js';
import type { LiveFile } from '../delta/actions.js';
import { readCommit } from '../delta/commit-file.js';
import { decodeLogPath } from '../delta/paths.js';
import { applyVersions } from '../delta/snapshot.js';
import { isDamage } from '../lake-error.js';
import { readChecksum } from '../parquet/checksum.js';
import type { Engine } from '../parquet/engine.js';
import { getCommits } from '../parquet/parquet-files.js';
import { quoteIdentifier, quoteLiterals } from '../parquet/sql.js';
import type { ExaminedTable } from './examine-table.js';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import { buildNamedSource, groupRows } from '../parquet/row-series.js';
import { buildTableSource } from '../parquet/table-source.js';
import type { RecordedRequests } from './recorded-facts.js';

/** The list of files and the coverage that a table will have. */
export interface Target {
  readonly files: ReadonlyMap<string, LiveFile>;
  readonly filesFrom: string;
  readonly coverage: TableFold;
  readonly coverageFrom: string;
  /** Later commits that changed the coverage may be lost; -1 if nothing is certain. */
  readonly certainVersion: number;
}

/**
 * Takes files on disk that only lost commits named into the table, in the folders in which a file has rows of their requests. Of
 * files with the same rows, the later one counts.
 */
export async function adoptLostFiles(
  examined: ExaminedTable,
  target: Target,
  engine: Engine,
  recorded: RecordedRequests,
): Promise<Target> {
  const { table, dataset, unknownFiles } = examined;
  const { files: named, filesFrom } = target;
  const unnamed = unknownFiles.filter((path) => !named.has(path));
  if (recorded.size === 0 || unnamed.length === 0) return target;
  const candidates = await adoptFiles(unnamed, table, engine);
  const folders = new Set<string>();
  for (const file of candidates) {
    const groups = await groupRows(engine, dataset, buildTableSource(dataset, table, [file])).catch(() => []);
    if (groups.some(({ requestId }) => recorded.has(requestId))) folders.add(JSON.stringify(file.partitionValues));
  }
  const adopted = candidates.filter(({ partitionValues }) => folders.has(JSON.stringify(partitionValues)));
  if (adopted.length === 0) return target;
  const oldestFirst = [...named.values(), ...adopted].toSorted((a, b) => a.modificationTime - b.modificationTime);
  const files = await dropSuperseded(examined, oldestFirst, engine);
  return { ...target, files, filesFrom: `${filesFrom} and the records of runs` };
}

/** What checkpoints, readable commits and files prove about a table. */
export async function findTarget(
  examined: ExaminedTable,
  viewFiles: readonly string[],
  engine: Engine,
): Promise<Target> {
  const { table, dataset, commits, lost, foldCheckpoints, deltaCheckpoints, unknownFiles } = examined;
  const lastLost = lost.at(-1) ?? -1;
  const base = foldCheckpoints.find(({ fold }) => fold !== null)?.fold ?? null;
  const certainVersion = base?.version ?? -1;
  const coverage = await foldReadable(examined, base ?? createTableFold(dataset), certainVersion);
  const coverageFrom =
    base !== null
      ? `coverage checkpoint of version ${String(certainVersion)}`
      : commits.intact.size > 0
        ? 'the readable commits'
        : 'nothing';
  const known = { coverage, coverageFrom, certainVersion };
  if (certainVersion >= lastLost) return { ...known, files: coverage.files, filesFrom: coverageFrom };
  const checkpoint = deltaCheckpoints.find(({ snapshot, version }) => snapshot !== null && version >= lastLost);
  if (checkpoint?.snapshot) {
    const later = listReadable(examined).filter((version) => version > checkpoint.version);
    const { files } = await applyVersions(table, checkpoint.snapshot, later);
    return { ...known, files, filesFrom: `Delta checkpoint of version ${String(checkpoint.version)}` };
  }
  if (commits.intact.size > 0 || base !== null) {
    const files = await dropSuperseded(examined, [...coverage.files.values()], engine);
    return { ...known, files, filesFrom: coverageFrom };
  }
  const isNamed = viewFiles.length > 0;
  const adopted = await adoptFiles(isNamed ? viewFiles : unknownFiles, table, engine);
  const files = await dropSuperseded(examined, adopted, engine);
  return { ...known, files, filesFrom: isNamed ? 'lake.duckdb' : 'the files on disk' };
}

/** The versions of the readable commits, in order. */
export function listReadable({ commits }: ExaminedTable): readonly number[] {
  return [...commits.intact].toSorted((a, b) => a - b);
}

/** Applies the readable commits after a version. */
export async function foldReadable(examined: ExaminedTable, fold: TableFold, after: number): Promise<TableFold> {
  for (const version of listReadable(examined)) {
    if (version <= after) continue;
    const content = await readCommit(examined.table, version);
    if (content !== null) applyCommit(fold, parseCommit(content, examined.table, version));
  }
  return fold;
}

/**
 * Lost commits may have replaced files that readable ones still name. In one folder, the rows of a commit are in one file: of two
 * files with rows of the same commit, or with the same rows, the later one counts.
 */
async function dropSuperseded(
  { dataset, table }: ExaminedTable,
  files: readonly LiveFile[],
  engine: Engine,
): Promise<ReadonlyMap<string, LiveFile>> {
  const live = new Map<string, LiveFile>();
  const folders = new Map<string, LiveFile[]>();
  for (const file of files) {
    const key = JSON.stringify(file.partitionValues);
    folders.set(key, [...(folders.get(key) ?? []), file]);
  }
  for (const folder of folders.values()) {
    const seen = new Set<number>();
    let remaining: LiveFile[] = [];
    for (const file of folder.toReversed()) {
      const versions = [...getCommits(file)];
      if (versions.some((version) => seen.has(version))) continue;
      for (const version of versions) seen.add(version);
      remaining.push(file);
    }
    const present = await filterPresent(table, remaining);
    const duplicated = present.length < 2 ? new Set<number>() : await findDuplicates(dataset, table, present, engine);
    remaining = remaining.filter((file) => !duplicated.has(present.indexOf(file)));
    for (const file of remaining.toReversed()) live.set(file.path, file);
  }
  return live;
}

/** The files that are on disk with their size. */
export async function filterPresent(table: string, files: readonly LiveFile[]): Promise<readonly LiveFile[]> {
  const present: LiveFile[] = [];
  for (const file of files) {
    const found = await stat(join(table, file.path)).catch(() => null);
    if (found?.size === file.size) present.push(file);
  }
  return present;
}

/** The positions of files, given newest first, with rows that a newer one has too. */
async function findDuplicates(
  dataset: ExaminedTable['dataset'],
  table: string,
  files: readonly LiveFile[],
  engine: Engine,
): Promise<ReadonlySet<number>> {
  const keys = rowKeyColumns(dataset).map(quoteIdentifier).join(', ');
  const rows = await engine.queryRows(
    `SELECT DISTINCT file_number::INTEGER AS position FROM ${buildNamedSource(dataset, table, files)} ` +
      `QUALIFY file_number > min(file_number) OVER (PARTITION BY ${keys})`,
    table,
  );
  return new Set(rows.map(({ position }) => Number(position)));
}

/** Files without a log, oldest first. */
async function adoptFiles(paths: readonly string[], table: string, engine: Engine): Promise<readonly LiveFile[]> {
  const files: LiveFile[] = [];
  for (const path of paths) {
    try {
      const { size, crc32 } = await readChecksum(join(table, path));
      const { mtimeMs } = await stat(join(table, path));
      const [footer] = await engine.queryRows(
        `SELECT num_rows FROM parquet_file_metadata(${quoteLiterals([join(table, path)])})`,
        table,
      );
      files.push({
        path,
        partitionValues: parsePartitionValues(path),
        size,
        modificationTime: Math.floor(mtimeMs),
        stats: JSON.stringify({ numRecords: Number(footer?.['num_rows'] ?? 0) }),
        tags: { 'pipe.crc32': crc32 },
      });
    } catch (error) {
      // A file that is missing or damaged too is left out.
      if (!isDamage(error) && errorCode(error) === null) throw error;
    }
  }
  return files.toSorted((a, b) => a.modificationTime - b.modificationTime);
}

export function parsePartitionValues(path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    path
      .split('/')
      .slice(0, -1)
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=');
        return [name, decodeLogPath(value)];
      }),
  );
}
