import type { Author } from '../core/delivery.js';
import type { Instant } from '../core/time.js';
import { candidateFiles, replacementsOverRows, rewriteFiles } from './commit-replace.js';
import type { CoverageLookup, Rewrite } from './commit-replace.js';
import type { Batch } from './commit-batch.js';
import { encodeFacts } from './coverage/encoding.js';
import type { ZoneOf } from './coverage/encoding.js';
import { addLine, removeLine } from './delta/actions.js';
import type { LiveFile } from './delta/actions.js';
import type { Snapshot } from './delta/snapshot.js';
import type { TableLog } from './delta/table-log.js';
import type { Engine } from './parquet/engine.js';
import { commitsOf, discard, liveFile, publish, relativePath, writeParquetFiles } from './parquet/files.js';
import type { FileNames, WrittenFile } from './parquet/files.js';
import { clearStage, stageRows, stagedRows } from './parquet/staging.js';

/** What commits need to be made: the one DuckDB of the writer, its file names, and the time. */
export interface Workshop {
  readonly engine: () => Promise<Engine>;
  readonly names: FileNames;
  readonly now: () => Instant;
  /** The time zones of calendars. */
  readonly zoneOf: ZoneOf;
}

/** What a commit put into the table. */
export interface Committed {
  readonly snapshot: Snapshot;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Commits a batch: its rows, the coverage they settle, and the removal of the rows they replace become true in one step.
 *
 * Should another process commit first, only what depends on the table is done again: which files hold rows to be replaced.
 */
export async function commitBatch(
  workshop: Workshop,
  log: TableLog,
  author: Author,
  batch: Batch,
  readCoverage: () => Promise<CoverageLookup>,
): Promise<Committed> {
  const written: WrittenFile[] = [];
  let rewrites: readonly Rewrite[] = [];
  try {
    written.push(...(await writeRows(workshop, log, author, batch)));
    await publish(log.folder, written);
    const coverage = encodeFacts(batch.facts, workshop.zoneOf);
    const snapshot = await log.append(async (current) => {
      const usable = rewrites.every(({ file }) => current.files.has(file.path));
      const next = await planRewrites(workshop, log, batch, current, readCoverage, usable ? rewrites : []);
      await discard(
        log.folder,
        restsOf(rewrites).filter((rest) => !restsOf(next).includes(rest)),
      );
      await publish(
        log.folder,
        restsOf(next).filter((rest) => !restsOf(rewrites).includes(rest)),
      );
      rewrites = next;
      return {
        author,
        operation: 'WRITE',
        parameters: { mode: 'Append' },
        coverage,
        lines: (version) => [
          ...written.map((file) => addLine(liveFile(file, workshop.now(), [version]), true)),
          ...rewrites.flatMap((rewrite) => linesOf(rewrite, workshop.now())),
        ],
      };
    });
    if (snapshot === null) throw new Error('a commit of rows never gives up');
    const files = [...written, ...restsOf(rewrites)];
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { snapshot, rows: batch.rows, files: files.length, bytes };
  } catch (error) {
    await discardUnnamed(log, [...written, ...restsOf(rewrites)]);
    throw error;
  }
}

/** Takes files back after a failure, unless the commit got through all the same: then they belong to the table. */
async function discardUnnamed(log: TableLog, files: readonly WrittenFile[]): Promise<void> {
  try {
    const { files: named } = await log.refresh();
    await discard(
      log.folder,
      files.filter((file) => !named.has(relativePath(file))),
    );
  } catch {
    // The failure that led here is the one to report; files that stay behind are vacuumed.
  }
}

/** More folders than this are staged in turns: each file's rows are picked out of all that are staged. */
const partitionsAtOnce = 32;

async function writeRows(
  { engine, names }: Workshop,
  log: TableLog,
  author: Author,
  { dataset, partitions }: Batch,
): Promise<readonly WrittenFile[]> {
  if (partitions.length === 0) return [];
  const opened = await engine();
  const written: WrittenFile[] = [];
  try {
    for (let from = 0; from < partitions.length; from += partitionsAtOnce) {
      const some = partitions.slice(from, from + partitionsAtOnce);
      await stageRows(opened, dataset, some, author.runId, log.folder);
      const contents = some.map(({ values, sorted }, part) => ({
        dataset,
        query: stagedRows(dataset, part),
        sorted,
        partitionValues: values,
      }));
      written.push(...(await writeParquetFiles(opened, contents, names)));
    }
    return written;
  } catch (error) {
    await discard(log.folder, written);
    throw error;
  } finally {
    await clearStage(opened);
  }
}

async function planRewrites(
  { engine, names }: Workshop,
  log: TableLog,
  { dataset, replacements }: Batch,
  snapshot: Snapshot,
  readCoverage: () => Promise<CoverageLookup>,
  done: readonly Rewrite[],
): Promise<readonly Rewrite[]> {
  if (snapshot.files.size === 0 || replacements.length === 0) return [];
  const overRows = replacementsOverRows(dataset, replacements, await readCoverage());
  if (overRows.length === 0) return [];
  const known = new Set(done.map(({ file }) => file.path));
  const candidates = candidateFiles(dataset, snapshot.files.values(), overRows).filter(({ path }) => !known.has(path));
  if (candidates.length === 0) return done;
  return [...done, ...(await rewriteFiles(await engine(), dataset, log.folder, candidates, overRows, names))];
}

function restsOf(rewrites: readonly Rewrite[]): readonly WrittenFile[] {
  return rewrites.flatMap(({ rest }) => (rest === null ? [] : [rest]));
}

function linesOf({ file, rest }: Rewrite, now: Instant): readonly object[] {
  const remove = removeLine(file, now, true);
  return rest === null ? [remove] : [remove, addLine(liveFile(rest, now, commitsOf(file)), true)];
}

/**
 * A file that takes the place of others in a commit that only merges, holding rows of all their commits. That one, which settles
 * nothing, counts as theirs too: so the versions stay one range however many commits come.
 */
export function mergedFile(file: WrittenFile, sources: readonly LiveFile[], now: Instant, version: number): LiveFile {
  return liveFile(file, now, new Set([...sources.flatMap((source) => [...commitsOf(source)]), version]));
}
