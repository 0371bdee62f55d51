import { join } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Dataset } from '../../core/tables/tables.js';
import { toMergedFile } from '../commit/commit-batch.js';
import type { CommitContext } from '../commit/commit-batch.js';
import { toAddAction, toRemoveAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { partitionColumns, storedColumns } from '../delta/schema.js';
import type { CommittedSnapshot } from '../delta/snapshot.js';
import type { TableLog } from '../delta/table-log.js';
import { expectIntact } from '../parquet/checksum.js';
import type { Engine } from '../parquet/engine.js';
import { discard, publish, writeParquet } from '../parquet/parquet-files.js';
import type { WrittenFile } from '../parquet/parquet-files.js';
import { haveAllColumns, buildTableSource } from '../parquet/table-source.js';
import { quoteIdentifier } from '../parquet/sql.js';
import { getRange } from '../parquet/file-statistics.js';

/** The number of files of one size class in a folder that triggers a merge. */
const minFilesToMerge = 8;

/** Merged files do not become larger. */
const maxMergedBytes = 256 * 1024 * 1024;

/** The upper limit of the smallest size class; each further class holds files about eight times as large. */
const minClassBytes = 128 * 1024;

export interface CompactionResult {
  readonly snapshot: CommittedSnapshot;
  readonly filesBefore: number;
  readonly filesAfter: number;
}

/**
 * Merges small files, folder by folder. A size class is merged when it is full, so that a row is rewritten only a few times,
 * however many runs add files to its folder. Null if no class is full.
 */
export async function compact(
  context: CommitContext,
  log: TableLog,
  author: CommitInfo,
): Promise<CompactionResult | null> {
  const groups = selectFilesToMerge((await log.refresh()).files.values());
  if (groups.length === 0) return null;
  const engine = await context.engine();
  const merged: { readonly sources: readonly LiveFile[]; readonly file: WrittenFile }[] = [];
  let committed: CommittedSnapshot | null = null;
  try {
    for (const sources of groups) {
      for (const source of sources) await expectIntact(join(log.folder, source.path), source);
      const file = await mergeGroup(engine, log, sources, context);
      if (file !== null) merged.push({ sources, file });
    }
    await publish(
      log.folder,
      merged.map(({ file }) => file),
    );
    committed = await log.append((snapshot) => {
      const current = merged.filter(({ sources }) => sources.every(({ path }) => snapshot.files.has(path)));
      if (current.length === 0) return Promise.resolve(null);
      const now = context.now();
      return Promise.resolve({
        author,
        operation: 'OPTIMIZE',
        parameters: { targetSize: String(maxMergedBytes) },
        coverage: null,
        buildLines: (version) =>
          current.flatMap(({ sources, file }) => [
            ...sources.map((source) => toRemoveAction(source, now, false)),
            toAddAction(toMergedFile(file, sources, now, version), false),
          ]),
      });
    });
  } finally {
    const { files } = committed ?? (await log.refresh());
    const liveNames = new Set([...files.keys()].map((path) => path.split('/').at(-1)));
    await discard(
      log.folder,
      merged.map(({ file }) => file).filter(({ name }) => !liveNames.has(name)),
    );
  }
  if (committed === null) return null;
  const filesBefore = groups.reduce((sum, sources) => sum + sources.length, 0);
  return { snapshot: committed, filesBefore, filesAfter: merged.length };
}

/** The groups of files to merge into one file each. */
export function selectFilesToMerge(files: Iterable<LiveFile>): readonly (readonly LiveFile[])[] {
  const folders = new Map<string, LiveFile[]>();
  for (const file of files) {
    const key = JSON.stringify(file.partitionValues);
    const folder = folders.get(key);
    if (folder === undefined) folders.set(key, [file]);
    else folder.push(file);
  }
  return [...folders.values()].flatMap((folder) => {
    const group = selectMergeGroup(folder);
    return group === null ? [] : [group];
  });
}

/** The files up to the largest full class that fit into one file. */
function selectMergeGroup(folder: readonly LiveFile[]): readonly LiveFile[] | null {
  const bySize = folder.filter(({ size }) => size < maxMergedBytes / 2).toSorted((a, b) => a.size - b.size);
  const counts = new Map<number, number>();
  for (const { size } of bySize) counts.set(sizeClass(size), (counts.get(sizeClass(size)) ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count >= minFilesToMerge).map(([group]) => group);
  if (full.length === 0) return null;
  const largest = Math.max(...full);
  const chosen: LiveFile[] = [];
  let total = 0;
  for (const file of bySize) {
    total += file.size;
    if (sizeClass(file.size) > largest || total > maxMergedBytes) break;
    chosen.push(file);
  }
  return chosen.length < 2 ? null : chosen;
}

function sizeClass(size: number): number {
  return Math.max(0, Math.ceil(Math.log(size / minClassBytes) / Math.log(minFilesToMerge)));
}

function mergeGroup(
  engine: Engine,
  log: TableLog,
  sources: readonly LiveFile[],
  context: CommitContext,
): Promise<WrittenFile | null> {
  const { dataset } = log;
  const ordered = orderBySymbol(dataset, sources);
  const columns = Object.keys(storedColumns(dataset)).map(quoteIdentifier).join(', ');
  const query = `SELECT ${columns} FROM ${buildTableSource(dataset, log.folder, ordered ?? sources)}`;
  const values = sources[0]?.partitionValues ?? {};
  const content = { dataset, query, isSorted: ordered !== null, partitionValues: values };
  return writeParquet(engine, content, context.names);
}

/**
 * The files in an order in which each ends before the symbols of the next begin, so that their rows need no sorting; null if
 * their symbols overlap. Files that lack a column are read apart from the others, and so not in this order.
 */
function orderBySymbol(dataset: Dataset, files: readonly LiveFile[]): readonly LiveFile[] | null {
  if (partitionColumns(dataset).includes('symbol') || !haveAllColumns(dataset, files)) return null;
  const ranged = files.map((file) => ({ file, range: getRange(file.stats, 'symbol') }));
  const ordered = ranged.toSorted((a, b) => (String(a.range?.min) < String(b.range?.min) ? -1 : 1));
  const isDisjoint = ordered.every(({ range }, index) => {
    const next = ordered[index + 1];
    return (
      range !== null && (next === undefined || (next.range !== null && String(range.max) < String(next.range.min)))
    );
  });
  return isDisjoint ? ordered.map(({ file }) => file) : null;
}
