import type { CommitInfo } from '../../core/fetch-result.js';
import type { Instant } from '../../core/time/time.js';
import { findCandidateFiles, selectOverlappingReplacements, rewriteFiles } from './rewrite-files.js';
import type { CoverageLookup, Rewrite } from './rewrite-files.js';
import type { Batch } from './batch.js';
import { encodeFacts } from '../coverage/fact-encoding.js';
import type { TimeZoneLookup } from '../coverage/fact-encoding.js';
import { toAddAction, toRemoveAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import type { CommittedSnapshot, Snapshot } from '../delta/snapshot.js';
import type { TableLog } from '../delta/table-log.js';
import type { Engine } from '../parquet/engine.js';
import {
  getCommits,
  discard,
  toLiveFile,
  publish,
  getRelativePath,
  writeParquetFiles,
} from '../parquet/parquet-files.js';
import type { FileNames, WrittenFile } from '../parquet/parquet-files.js';
import { dropStagingTables, stageRows, buildStagedRowsSql } from '../parquet/stage-rows.js';

/** The dependencies of a writer's commits. */
export interface CommitContext {
  readonly engine: () => Promise<Engine>;
  readonly names: FileNames;
  readonly now: () => Instant;
  readonly getTimeZone: TimeZoneLookup;
}

export interface CommitResult {
  readonly snapshot: CommittedSnapshot;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Commits a batch in one atomic step: its rows, their coverage, and the removal of the rows they replace.
 *
 * If another process commits first, only the work that depends on the table is repeated: finding the files with replaced rows.
 */
export async function commitBatch(
  context: CommitContext,
  log: TableLog,
  author: CommitInfo,
  batch: Batch,
  readCoverage: () => Promise<CoverageLookup>,
): Promise<CommitResult> {
  const written: WrittenFile[] = [];
  let rewrites: readonly Rewrite[] = [];
  try {
    written.push(...(await writeRows(context, log, author, batch)));
    await publish(log.folder, written);
    const coverage = encodeFacts(batch.facts, context.getTimeZone);
    const snapshot = await log.append(async (current) => {
      const usable = rewrites.every(({ file }) => current.files.has(file.path));
      const next = await planRewrites(context, log, batch, current, readCoverage, usable ? rewrites : []);
      await discard(
        log.folder,
        remainders(rewrites).filter((remainder) => !remainders(next).includes(remainder)),
      );
      await publish(
        log.folder,
        remainders(next).filter((remainder) => !remainders(rewrites).includes(remainder)),
      );
      rewrites = next;
      return {
        author,
        operation: 'WRITE',
        parameters: { mode: 'Append' },
        coverage,
        buildLines: (version) => [
          ...written.map((file) => toAddAction(toLiveFile(file, context.now(), [version]), true)),
          ...rewrites.flatMap((rewrite) => toLogActions(rewrite, context.now())),
        ],
      };
    });
    if (snapshot === null) throw new Error('a commit of rows is never abandoned');
    const files = [...written, ...remainders(rewrites)];
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { snapshot, rows: batch.rows, files: files.length, bytes };
  } catch (error) {
    await discardUncommitted(log, [...written, ...remainders(rewrites)]);
    throw error;
  }
}

/** Deletes files after a failure, unless the commit succeeded nevertheless: then they belong to the table. */
async function discardUncommitted(log: TableLog, files: readonly WrittenFile[]): Promise<void> {
  try {
    const { files: committedFiles } = await log.refresh();
    await discard(
      log.folder,
      files.filter((file) => !committedFiles.has(getRelativePath(file))),
    );
  } catch {
    // The caller reports the failure that led here; a vacuum deletes files that remain.
  }
}

/** The number of partitions staged at once, because the query of each file scans all staged rows. */
const maxPartitionsPerStage = 32;

async function writeRows(
  { engine, names }: CommitContext,
  log: TableLog,
  author: CommitInfo,
  { dataset, partitions }: Batch,
): Promise<readonly WrittenFile[]> {
  if (partitions.length === 0) return [];
  const opened = await engine();
  const written: WrittenFile[] = [];
  try {
    for (let from = 0; from < partitions.length; from += maxPartitionsPerStage) {
      const batchPartitions = partitions.slice(from, from + maxPartitionsPerStage);
      await stageRows(opened, dataset, batchPartitions, author.runId, log.folder);
      const contents = batchPartitions.map(({ values, isSorted }, part) => ({
        dataset,
        query: buildStagedRowsSql(dataset, part),
        isSorted,
        partitionValues: values,
      }));
      written.push(...(await writeParquetFiles(opened, contents, names)));
    }
    return written;
  } catch (error) {
    await discard(log.folder, written);
    throw error;
  } finally {
    await dropStagingTables(opened);
  }
}

async function planRewrites(
  { engine, names }: CommitContext,
  log: TableLog,
  { dataset, replacements }: Batch,
  snapshot: Snapshot,
  readCoverage: () => Promise<CoverageLookup>,
  previous: readonly Rewrite[],
): Promise<readonly Rewrite[]> {
  if (snapshot.files.size === 0 || replacements.length === 0) return [];
  const overlapping = selectOverlappingReplacements(dataset, replacements, await readCoverage());
  if (overlapping.length === 0) return [];
  const known = new Set(previous.map(({ file }) => file.path));
  const candidates = findCandidateFiles(dataset, snapshot.files.values(), overlapping).filter(
    ({ path }) => !known.has(path),
  );
  if (candidates.length === 0) return previous;
  return [...previous, ...(await rewriteFiles(await engine(), dataset, log.folder, candidates, overlapping, names))];
}

function remainders(rewrites: readonly Rewrite[]): readonly WrittenFile[] {
  return rewrites.flatMap(({ remainder }) => (remainder === null ? [] : [remainder]));
}

function toLogActions({ file, remainder }: Rewrite, now: Instant): readonly object[] {
  const remove = toRemoveAction(file, now, true);
  return remainder === null ? [remove] : [remove, toAddAction(toLiveFile(remainder, now, getCommits(file)), true)];
}

/**
 * A file that replaces others in a commit that only merges. It holds rows of all their commits; the version of the merge, which
 * closes no window, is counted too, so that the versions stay one range however many commits follow.
 */
export function toMergedFile(file: WrittenFile, sources: readonly LiveFile[], now: Instant, version: number): LiveFile {
  return toLiveFile(file, now, new Set([...sources.flatMap((source) => [...getCommits(source)]), version]));
}
