import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createCheckpointReader } from '../delta/checkpoint.js';
import type { LiveFile } from '../delta/actions.js';
import { createFolder, syncFolder, writeNewFile } from '../delta/durable-files.js';
import { readSnapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { LocalDate } from '../../core/time/time.js';
import { isNotFound } from '../../platform/error-message.js';
import { nodeFiles } from '../../platform/file-store.js';
import { LakeError, toLakeError } from '../lake-error.js';
import { openEngine } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { expectIntact } from '../parquet/checksum.js';
import {
  archiveMarker,
  archivesFile,
  expectArchive,
  findArchiveRoot,
  readArchiveOwner,
  readRegisteredRoots,
  readLink,
  toRealPath,
} from './archived-files.js';

/** What was moved in one table. */
export interface ArchivedTable {
  readonly dataset: Dataset;
  readonly files: number;
  readonly bytes: number;
  /** The folders of partitions, such as `2025-03`, in order. */
  readonly periods: readonly string[];
}

export interface ArchiveResult {
  readonly tables: readonly ArchivedTable[];
  /** Files of the archive that no table has any more, which were deleted. */
  readonly removed: number;
}

/** Where files are moved, and which. */
export interface ArchiveOptions {
  readonly lake: string;
  /** Absolute. */
  readonly root: string;
  /** Only files whose whole period is before this date. */
  readonly before: LocalDate;
  readonly dryRun: boolean;
  /** Distinguishes the temporary files of this process. */
  readonly token: string;
}

/**
 * Moves the files of past months to another folder, one after the other: a file is in the archive, durable and verified, before a link
 * takes its place in one step. A crash leaves a copy, which the next call replaces or deletes.
 */
export async function archiveMonths(options: ArchiveOptions): Promise<ArchiveResult> {
  const { lake, root, before, dryRun } = options;
  if (!dryRun) {
    await createRoot(root, lake);
    await removeTemporaryFiles(lake);
  }
  const tables: ArchivedTable[] = [];
  for (const { dataset, files } of await listLiveFiles(lake)) {
    const table = tableFolder(lake, dataset);
    const moved = files.filter((file) => isBefore(file, before) && readLink(join(table, file.path)) === null);
    const present: LiveFile[] = [];
    for (const file of moved) if (dryRun || (await moveToArchive(table, dataset, file, options))) present.push(file);
    if (present.length > 0) tables.push(summarize(dataset, present));
  }
  return { tables, removed: dryRun ? 0 : await removeLeftovers(lake, root) };
}

/** Moves every archived file back to its table. */
export async function unarchive(lake: string, token: string): Promise<ArchiveResult> {
  await removeTemporaryFiles(lake);
  const tables: ArchivedTable[] = [];
  const roots = new Set<string>();
  for (const { dataset, files } of await listLiveFiles(lake)) {
    const table = tableFolder(lake, dataset);
    const moved: LiveFile[] = [];
    for (const file of files) {
      const path = join(table, file.path);
      const target = readLink(path);
      if (target === null) continue;
      expectArchive(path);
      const root = findArchiveRoot(target);
      if (root !== null) roots.add(root);
      if (!(await replaceLink(path, target, file, token))) continue;
      moved.push(file);
    }
    if (moved.length > 0) tables.push(summarize(dataset, moved));
  }
  let removed = 0;
  for (const root of roots) removed += await removeLeftovers(lake, root);
  return { tables, removed };
}

async function listLiveFiles(
  lake: string,
): Promise<readonly { readonly dataset: Dataset; readonly files: readonly LiveFile[] }[]> {
  const opened: Engine[] = [];
  const read = createCheckpointReader(async () => {
    const [known] = opened;
    if (known !== undefined) return known;
    const spillFolder = join(lake, '_writing', 'spill');
    const engine = await openEngine({ memoryLimit: '200MB', spillFolder, preserveOrder: false });
    opened.push(engine);
    return engine;
  }, 'live');
  try {
    const tables: { dataset: Dataset; files: readonly LiveFile[] }[] = [];
    for (const dataset of datasets) {
      const { files } = await readSnapshot(tableFolder(lake, dataset), read);
      tables.push({ dataset, files: [...files.values()] });
    }
    return tables;
  } finally {
    for (const engine of opened) engine.close();
  }
}

/** The period of a file's folder; null for a table without periods. */
function getPeriod({ partitionValues }: LiveFile): string | null {
  return partitionValues['period'] ?? partitionValues['yearmonth'] ?? null;
}

/** A year is past when its last day is. */
function isBefore(file: LiveFile, before: LocalDate): boolean {
  const period = getPeriod(file);
  if (period === null) return false;
  return period.length === 4 ? period < before.slice(0, 4) : period < before.slice(0, 7);
}

function summarize(dataset: Dataset, files: readonly LiveFile[]): ArchivedTable {
  const periods = [...new Set(files.flatMap((file) => getPeriod(file) ?? []))].sort();
  return { dataset, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0), periods };
}

/** Creates the folder of an archive with its marker. A folder belongs to one lake, whose files only it knows. */
async function createRoot(root: string, lake: string): Promise<void> {
  const marker = join(root, archiveMarker);
  const owner = readArchiveOwner(root);
  if (owner === toRealPath(lake)) return registerRoot(root, lake);
  if (owner !== null && existsSync(owner))
    throw new LakeError(
      'no-permission',
      root,
      `${root} is the archive of another lake: ${owner}`,
      'choose a folder of its own for each lake with --to',
    );
  try {
    await createFolder(root);
    await rm(marker, { force: true });
    await writeNewFile(marker, `${JSON.stringify({ v: 1, lake: toRealPath(lake) }, null, 1)}\n`);
    await syncFolder(root);
  } catch (error) {
    throw toLakeError(error, marker);
  }
  await registerRoot(root, lake);
}

/** Names the folder in the lake: queries may only read folders that are named. */
async function registerRoot(root: string, lake: string): Promise<void> {
  const roots = new Set([...readRegisteredRoots(lake), root]);
  await nodeFiles.replace(join(lake, archivesFile), `${JSON.stringify({ v: 1, roots: [...roots] }, null, 1)}\n`);
}

/** Moves one file; false if it was deleted, is damaged, or was replaced meanwhile. */
async function moveToArchive(
  table: string,
  dataset: Dataset,
  file: LiveFile,
  { root, token }: ArchiveOptions,
): Promise<boolean> {
  const path = join(table, file.path);
  const target = join(root, dataset, file.path);
  const temporary = `${target}.${token}.tmp`;
  try {
    await expectIntact(path, file);
    await mkdir(dirname(target), { recursive: true });
    await copyDurably(path, temporary);
    await expectIntact(temporary, file);
    await rename(temporary, target);
    for (let folder = dirname(target); folder.length >= root.length; folder = dirname(folder)) await syncFolder(folder);
    const link = `${path}.${token}.link`;
    await symlink(target, link);
    // A maintenance beside this one may have deleted the file.
    if ((await stat(path).catch(() => null)) === null) {
      await rm(link, { force: true });
      return false;
    }
    await rename(link, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    await rm(temporary, { force: true });
    // Damaged files are for `pipe check`.
    if (isNotFound(error) || (error instanceof LakeError && error.kind === 'malformed')) return false;
    throw toLakeError(error, target);
  }
}

async function replaceLink(path: string, target: string, file: LiveFile, token: string): Promise<boolean> {
  const temporary = `${path}.${token}.tmp`;
  try {
    await expectIntact(target, file);
    await copyDurably(target, temporary);
    await expectIntact(temporary, file);
    await rename(temporary, path);
    await syncFolder(dirname(path));
    await rm(target, { force: true });
    return true;
  } catch (error) {
    await rm(temporary, { force: true });
    if (isNotFound(error) || (error instanceof LakeError && error.kind === 'malformed')) return false;
    throw toLakeError(error, path);
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, constants.O_RDWR);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Deletes files of an archive that no link of the lake leads to: copies of interrupted calls, and files that were superseded. */
async function removeLeftovers(lake: string, root: string): Promise<number> {
  // The files of another lake are not known here.
  if (readArchiveOwner(root) !== toRealPath(lake)) return 0;
  let removed = 0;
  for (const dataset of datasets) {
    const folder = join(root, dataset);
    for (const path of await listFiles(folder)) {
      const linked = readLink(join(tableFolder(lake, dataset), path));
      if (linked === resolve(folder, path)) continue;
      await rm(join(folder, path), { force: true });
      removed++;
    }
  }
  return removed;
}

/** Deletes what interrupted calls left beside the files of tables; only one call works on a lake. */
async function removeTemporaryFiles(lake: string): Promise<void> {
  for (const dataset of datasets) {
    const table = tableFolder(lake, dataset);
    for (const name of await readNames(table))
      if (/\.parquet\.[0-9a-f]+\.(tmp|link)$/.test(name)) await rm(join(table, name), { force: true });
  }
}

async function readNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive: true });
  } catch (error) {
    if (isNotFound(error)) return [];
    throw toLakeError(error, folder);
  }
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw toLakeError(error, folder);
  }
}
