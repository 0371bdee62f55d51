import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../platform/files/make-folder.js';
import type { Dataset } from '../../core/tables/tables.js';
import { tables } from '../../core/tables/tables.js';
import type { LiveFile } from '../delta/actions.js';
import { forEachConcurrent } from '../../platform/for-each-concurrent.js';
import { parseVersionRanges, formatVersionRanges } from '../delta/version-ranges.js';
import { syncFolder } from '../delta/durable-files.js';
import { partitionFolder } from '../delta/paths.js';
import { toLakeError } from '../lake-error.js';
import { blocksTag, createBlockHash } from './block-checksums.js';
import { computeChecksum } from './checksum.js';
import type { Checksum } from './checksum.js';
import type { Engine } from './engine.js';
import { quoteIdentifier, quoteLiteral } from './sql.js';
import { parseCopyStatistics } from './file-statistics.js';
import type { FileStatistics } from './file-statistics.js';

/** Rows in one row group: few enough to read one symbol of ten thousand quickly, enough to compress well. */
const rowGroupSize = 32_768;

/** Generates file names that no other process uses. */
export interface FileNames {
  /** A folder on the same disk for files that are not yet part of a table. */
  readonly staging: string;
  next(): string;
}

/** A Parquet file that is durable in the staging folder. */
export interface WrittenFile {
  readonly staged: string;
  readonly name: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly rows: number;
  readonly stats: string;
  readonly crc32: string;
  /** The checksums of its blocks; empty for a file of one block. */
  readonly blocks: readonly string[];
}

/** A Parquet file as DuckDB wrote it, not yet durable. */
interface CopiedFile {
  readonly staged: string;
  readonly name: string;
  readonly stats: FileStatistics;
}

export interface FileContent {
  readonly dataset: Dataset;
  /** The query of the rows; in the table's order if `isSorted`. */
  readonly query: string;
  readonly isSorted: boolean;
  readonly partitionValues: Readonly<Record<string, string | null>>;
}

/** Writes the rows of a query into one Parquet file; null without rows. */
export async function writeParquet(
  engine: Engine,
  content: FileContent,
  names: FileNames,
): Promise<WrittenFile | null> {
  const [written] = await writeParquetFiles(engine, [content], names);
  return written ?? null;
}

/** Writes several files: while DuckDB writes one, the previous ones are made durable. */
export async function writeParquetFiles(
  engine: Engine,
  contents: readonly FileContent[],
  names: FileNames,
): Promise<readonly WrittenFile[]> {
  const started: string[] = [];
  const finalizing: Promise<WrittenFile>[] = [];
  try {
    for (const content of contents) {
      const name = `${names.next()}.parquet`;
      started.push(join(names.staging, name));
      const copied = await copyToParquet(engine, content, name, names);
      if (copied === null) continue;
      const finalized = finalizeFile(copied, content);
      // Awaited below; until then a failure must not count as an unhandled rejection.
      finalized.catch(() => undefined);
      finalizing.push(finalized);
    }
    return await Promise.all(finalizing);
  } catch (error) {
    await Promise.allSettled(finalizing);
    for (const staged of started) await rm(staged, { force: true });
    throw error;
  }
}

async function copyToParquet(
  engine: Engine,
  { dataset, query, isSorted, partitionValues }: FileContent,
  name: string,
  names: FileNames,
): Promise<CopiedFile | null> {
  const staged = join(names.staging, name);
  const folders = new Set(Object.keys(partitionValues));
  const order = tables[dataset].sortBy.filter((column) => !folders.has(column)).map(quoteIdentifier);
  const ordered = isSorted ? query : `SELECT * FROM (${query}) ORDER BY ${order.join(', ')}`;
  const [copied] = await engine.queryRows(
    `COPY (${ordered}) TO ${quoteLiteral(staged)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize}, ` +
      'USE_TMP_FILE false, RETURN_STATS true, WRITE_EMPTY_FILE false)',
    staged,
  );
  if (copied === undefined || Number(copied['count']) === 0) {
    await rm(staged, { force: true });
    return null;
  }
  return { staged, name, stats: parseCopyStatistics(dataset, copied) };
}

async function finalizeFile(
  { staged, name, stats }: CopiedFile,
  { partitionValues }: FileContent,
): Promise<WrittenFile> {
  try {
    const checked = await syncAndHash(staged);
    return { staged, name, partitionValues, rows: stats.numRecords, stats: JSON.stringify(stats), ...checked };
  } catch (error) {
    throw toLakeError(error, staged);
  }
}

const maxConcurrentMoves = 16;

/** Moves files to the table's folder durably. They belong to the table once a commit names them. */
export async function publish(table: string, files: readonly WrittenFile[]): Promise<void> {
  const folders = new Set(files.map((file) => dirname(join(table, getRelativePath(file)))));
  const foldersToSync = new Set<string>();
  for (const folder of folders) {
    for (let parent = folder; parent.length >= dirname(table).length; parent = dirname(parent))
      foldersToSync.add(parent);
  }
  try {
    await forEachConcurrent(folders, maxConcurrentMoves, async (folder) => {
      await makeFolder(folder);
    });
    await forEachConcurrent(files, maxConcurrentMoves, (file) =>
      rename(file.staged, join(table, getRelativePath(file))),
    );
    await forEachConcurrent(foldersToSync, maxConcurrentMoves, syncFolder);
  } catch (error) {
    throw toLakeError(error, table);
  }
}

/** Deletes files that no commit has named. */
export async function discard(table: string, files: readonly WrittenFile[]): Promise<void> {
  for (const file of files) {
    await rm(file.staged, { force: true });
    await rm(join(table, getRelativePath(file)), { force: true });
  }
}

/** A written file as the log describes it. `commits` are the versions whose rows it holds. */
export function toLiveFile(file: WrittenFile, modificationTime: number, commits: Iterable<number>): LiveFile {
  return {
    path: getRelativePath(file),
    partitionValues: file.partitionValues,
    size: file.size,
    modificationTime,
    stats: file.stats,
    tags: {
      'pipe.crc32': file.crc32,
      'pipe.commits': formatVersionRanges(commits),
      ...(file.blocks.length === 0 ? {} : { [blocksTag]: file.blocks.join('') }),
    },
  };
}

/** The path of a written file in the table's folder. */
export function getRelativePath({ partitionValues, name }: WrittenFile): string {
  const folder = partitionFolder(partitionValues);
  return folder === '' ? name : `${folder}/${name}`;
}

/** The versions of the commits whose rows a file holds, by its tag. */
export function getCommits(file: LiveFile): ReadonlySet<number> {
  return parseVersionRanges(file.tags['pipe.commits'] ?? '');
}

/** Makes a file durable and returns its size and checksums. */
export async function syncAndHash(path: string): Promise<Checksum & Pick<WrittenFile, 'blocks'>> {
  const file = await open(path, constants.O_RDWR);
  try {
    const hash = createBlockHash();
    const checksum = await computeChecksum(file, undefined, (bytes) => {
      hash.update(bytes);
    });
    await file.sync();
    const blocks = hash.finish();
    return { ...checksum, blocks: blocks.length > 1 ? blocks : [] };
  } finally {
    await file.close();
  }
}
