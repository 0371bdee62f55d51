import { join } from 'node:path';
import type { Author } from '../core/delivery.js';
import type { Dataset } from '../core/tables.js';
import { mergedFile } from './commit.js';
import type { Workshop } from './commit.js';
import { addLine, removeLine } from './delta/actions.js';
import type { LiveFile } from './delta/actions.js';
import { partitionColumns, storedColumns } from './delta/schema.js';
import type { Snapshot } from './delta/snapshot.js';
import type { TableLog } from './delta/table-log.js';
import { expectIntact } from './parquet/checksum.js';
import type { Engine } from './parquet/engine.js';
import { discard, publish, writeParquet } from './parquet/files.js';
import type { WrittenFile } from './parquet/files.js';
import { holdAllColumns, tableSource } from './parquet/source.js';
import { identifier } from './parquet/sql.js';
import { rangeOf } from './parquet/statistics.js';

/** How many files of about one size come together in a folder before they are merged. */
const filesToMerge = 8;

/** Files beyond this are large enough. */
const largestMerged = 256 * 1024 * 1024;

/** The sizes at which a file counts as one class larger: each holds about as much as eight of the class below. */
const smallestClass = 128 * 1024;

/** What merging did to a table. */
export interface Compacted {
  readonly snapshot: Snapshot;
  readonly filesBefore: number;
  readonly filesAfter: number;
}

/**
 * Merges small files, folder by folder. Files are classed by size and a class is merged once it is full, so that a row is
 * rewritten a few times in its life however many nights add to its folder. Null when there is nothing to do.
 */
export async function compact(workshop: Workshop, log: TableLog, author: Author): Promise<Compacted | null> {
  const groups = filesWorthMerging((await log.refresh()).files.values());
  if (groups.length === 0) return null;
  const engine = await workshop.engine();
  const merged: { readonly sources: readonly LiveFile[]; readonly file: WrittenFile }[] = [];
  let landed: Snapshot | null = null;
  try {
    for (const sources of groups) {
      for (const source of sources) await expectIntact(join(log.folder, source.path), source);
      const file = await merge(engine, log, sources, workshop);
      if (file !== null) merged.push({ sources, file });
    }
    await publish(
      log.folder,
      merged.map(({ file }) => file),
    );
    landed = await log.append((snapshot) => {
      const current = merged.filter(({ sources }) => sources.every(({ path }) => snapshot.files.has(path)));
      if (current.length === 0) return Promise.resolve(null);
      const now = workshop.now();
      return Promise.resolve({
        author,
        operation: 'OPTIMIZE',
        parameters: { targetSize: String(largestMerged) },
        coverage: null,
        lines: (version) =>
          current.flatMap(({ sources, file }) => [
            ...sources.map((source) => removeLine(source, now, false)),
            addLine(mergedFile(file, sources, now, version), false),
          ]),
      });
    });
  } finally {
    const { files } = landed ?? (await log.refresh());
    const named = new Set([...files.keys()].map((path) => path.split('/').at(-1)));
    await discard(
      log.folder,
      merged.map(({ file }) => file).filter(({ name }) => !named.has(name)),
    );
  }
  if (landed === null) return null;
  const filesBefore = groups.reduce((sum, sources) => sum + sources.length, 0);
  return { snapshot: landed, filesBefore, filesAfter: merged.length };
}

/** The files to be merged into one each. */
export function filesWorthMerging(files: Iterable<LiveFile>): readonly (readonly LiveFile[])[] {
  const folders = new Map<string, LiveFile[]>();
  for (const file of files) {
    const key = JSON.stringify(file.partitionValues);
    const folder = folders.get(key);
    if (folder === undefined) folders.set(key, [file]);
    else folder.push(file);
  }
  return [...folders.values()].flatMap((folder) => {
    const group = fullestPrefix(folder);
    return group === null ? [] : [group];
  });
}

/** All files up to the largest class that is full, as far as they go into one file. */
function fullestPrefix(folder: readonly LiveFile[]): readonly LiveFile[] | null {
  const bySize = folder.filter(({ size }) => size < largestMerged / 2).toSorted((a, b) => a.size - b.size);
  const counts = new Map<number, number>();
  for (const { size } of bySize) counts.set(sizeClass(size), (counts.get(sizeClass(size)) ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count >= filesToMerge).map(([group]) => group);
  if (full.length === 0) return null;
  const largest = Math.max(...full);
  const chosen: LiveFile[] = [];
  let total = 0;
  for (const file of bySize) {
    total += file.size;
    if (sizeClass(file.size) > largest || total > largestMerged) break;
    chosen.push(file);
  }
  return chosen.length < 2 ? null : chosen;
}

function sizeClass(size: number): number {
  return Math.max(0, Math.ceil(Math.log(size / smallestClass) / Math.log(filesToMerge)));
}

function merge(
  engine: Engine,
  log: TableLog,
  sources: readonly LiveFile[],
  workshop: Workshop,
): Promise<WrittenFile | null> {
  const { dataset } = log;
  const ordered = inOrderOfSymbols(dataset, sources);
  const columns = Object.keys(storedColumns(dataset)).map(identifier).join(', ');
  const query = `SELECT ${columns} FROM ${tableSource(dataset, log.folder, ordered ?? sources)}`;
  const values = sources[0]?.partitionValues ?? {};
  const content = { dataset, query, sorted: ordered !== null, partitionValues: values };
  return writeParquet(engine, content, workshop.names);
}

/**
 * The files one after the other where each ends before the next one's symbols begin: then nothing needs to be sorted. Those
 * that lack a column are read apart from the others, and so not in this order.
 */
function inOrderOfSymbols(dataset: Dataset, files: readonly LiveFile[]): readonly LiveFile[] | null {
  if (partitionColumns(dataset).includes('symbol') || !holdAllColumns(dataset, files)) return null;
  const ranged = files.map((file) => ({ file, range: rangeOf(file.stats, 'symbol') }));
  const ordered = ranged.toSorted((a, b) => (String(a.range?.min) < String(b.range?.min) ? -1 : 1));
  const apart = ordered.every(({ range }, index) => {
    const next = ordered[index + 1];
    return (
      range !== null && (next === undefined || (next.range !== null && String(range.max) < String(next.range.min)))
    );
  });
  return apart ? ordered.map(({ file }) => file) : null;
}
