import { createHash } from 'node:crypto';
import { link, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 as computeCrc32 } from 'node:zlib';

import type { Instant } from '../../core/time/time.js';
import { formatInstant } from '../../core/time/time.js';
import { errorCode, isNotFound } from '../../platform/error-message.js';
import { readFlags } from '../../platform/files/read-file.js';
import { requireFile } from '../../platform/files/not-a-file.js';
import { createFolder, syncFolder, writeNewFile } from '../delta/durable-files.js';
import { expectArchive } from '../archive/archived-files.js';
import { toLakeError } from '../lake-error.js';
import { blockSize, computeChecksum } from '../parquet/checksum.js';
import { listLakeFiles, listTree } from './list-lake-files.js';
import type { SourceFile } from './list-table.js';
import { backupFormat, formatManifest, listBackups, manifestPath, objectPath, readManifest } from './manifest.js';
import type { BackedUpFile, BackupManifest, BackupRoot } from './manifest.js';

export interface BackupOptions {
  readonly lake: string;
  readonly lineage: string;
  readonly folder: string;
  readonly now: Instant;
  /** Distinguishes backups of one second, and the files of processes that write at once. */
  readonly token: string;
}

/** What a backup did. */
export interface BackupResult {
  readonly manifest: BackupManifest;
  /** Files that were new, and how many of them are hard links. */
  readonly newFiles: number;
  readonly linked: number;
  readonly newBytes: number;
}

/** Backs a lake and its records up while runs go on. The manifest is written last: without it the backup does not exist. */
export async function createBackup(options: BackupOptions): Promise<BackupResult> {
  const { folder, lake, lineage, now, token } = options;
  for (const name of ['objects', 'backups', 'writing']) await createFolder(join(folder, name));
  const store = createStore(folder, token, await readNewestManifest(folder));
  const listing = await listLakeFiles(lake);
  const damaged = new Set(listing.damaged);
  for (const file of listing.files) {
    const stored = await store.add('data', lake, file);
    if (stored === null ? file.isRequired : !matches(stored, file)) damaged.add(file.path);
  }
  for (const path of await listTree(lineage, '.'))
    await store.add('lineage', lineage, { path, isImmutable: false, isRequired: false, live: null });
  await store.sync();
  const id = `${formatInstant(now).replace(/\.\d+/, '').replaceAll(/[-:]/g, '')}-${token}`;
  const manifest: BackupManifest = {
    format: backupFormat,
    id,
    createdAt: formatInstant(now),
    versions: listing.versions,
    damaged: [...damaged],
    files: store.files.map(({ root, path, size, sha256, mtimeMs }) => ({ root, path, size, sha256, mtimeMs })),
  };
  await writeManifest(folder, manifest, token);
  return { manifest, newFiles: store.newFiles, linked: store.linked, newBytes: store.newBytes };
}

async function readNewestManifest(folder: string): Promise<BackupManifest | null> {
  for (const id of (await listBackups(folder)).toReversed()) {
    try {
      return await readManifest(folder, id);
    } catch {
      // A damaged manifest only costs reading the files again; a verification reports it.
    }
  }
  return null;
}

async function writeManifest(folder: string, manifest: BackupManifest, token: string): Promise<void> {
  const target = manifestPath(folder, manifest.id);
  const temporary = join(folder, 'writing', `${token}.json`);
  try {
    await writeNewFile(temporary, formatManifest(manifest));
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    throw toLakeError(error, target);
  }
}

interface StoredFile extends BackedUpFile {
  /** Null for a file that an earlier backup has read. */
  readonly crc32: string | null;
}

/** Compares a stored file with the log: an earlier backup has compared the bytes of a file that has not changed since. */
function matches({ size, crc32 }: StoredFile, { live }: SourceFile): boolean {
  if (live === null) return true;
  const expected = live.tags['pipe.crc32'];
  return size === live.size && (crc32 === null || expected === undefined || expected === crc32);
}

interface Store {
  readonly files: readonly StoredFile[];
  readonly newFiles: number;
  readonly linked: number;
  readonly newBytes: number;
  /** Stores a file; null if there is no such file. */
  add(root: BackupRoot, base: string, file: SourceFile): Promise<StoredFile | null>;
  /** Makes the names of the new objects durable. */
  sync(): Promise<void>;
}

function createStore(folder: string, token: string, previous: BackupManifest | null): Store {
  const known = new Map((previous?.files ?? []).map((file) => [`${file.root}/${file.path}`, file]));
  const damagedBefore = new Set(previous?.damaged);
  const files: StoredFile[] = [];
  const folders = new Set<string>();
  const counts = { newFiles: 0, linked: 0, newBytes: 0 };

  async function findUnchanged(root: BackupRoot, path: string, source: string): Promise<StoredFile | null> {
    const before = known.get(`${root}/${path}`);
    if (before === undefined || damagedBefore.has(path)) return null;
    const { size, mtimeMs } = await stat(source);
    if (size !== before.size || mtimeMs !== before.mtimeMs) return null;
    const object = await stat(objectPath(folder, before.sha256)).catch(() => null);
    return object?.size === size ? { ...before, crc32: null } : null;
  }

  async function store(root: BackupRoot, path: string, source: string, isImmutable: boolean): Promise<StoredFile> {
    const temporary = join(folder, 'writing', `${token}-${String(files.length)}`);
    const { mtimeMs } = await stat(source);
    const isLinked = isImmutable && (await tryLink(source, temporary));
    const content = isLinked ? await hashFile(temporary) : await copyFile(source, temporary);
    const target = objectPath(folder, content.sha256);
    await createFolder(dirname(target));
    const exists = await stat(target).catch(() => null);
    if (exists?.size === content.size) await rm(temporary);
    else {
      await rename(temporary, target);
      // Two links to one file: a rename to the other name does nothing and leaves both.
      await rm(temporary, { force: true });
      counts.newFiles++;
      counts.newBytes += content.size;
      if (isLinked) counts.linked++;
    }
    folders.add(dirname(target));
    return { root, path, mtimeMs, ...content };
  }

  return {
    files,
    get newFiles() {
      return counts.newFiles;
    },
    get linked() {
      return counts.linked;
    },
    get newBytes() {
      return counts.newBytes;
    },
    async add(root, base, { path, isImmutable, isRequired }) {
      const named = join(base, path);
      try {
        // A file that was archived is a symbolic link to its place.
        const source = (await lstat(named)).isSymbolicLink() ? await realpath(named) : named;
        const stored = (await findUnchanged(root, path, source)) ?? (await store(root, path, source, isImmutable));
        files.push(stored);
        return stored;
      } catch (error) {
        // Other processes delete what they no longer need.
        if (isNotFound(error)) {
          expectArchive(named);
          return null;
        }
        // A folder or a device in the place of a file that the log names.
        const problem = toLakeError(error, named);
        if (isRequired && problem.kind === 'malformed') return null;
        throw problem;
      }
    },
    async sync() {
      for (const one of folders) await syncFolder(one);
      await syncFolder(join(folder, 'objects'));
    },
  };
}

const linkRefusals: ReadonlySet<string | null> = new Set([
  'EXDEV',
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EACCES',
]);

async function tryLink(source: string, target: string): Promise<boolean> {
  await rm(target, { force: true });
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if (linkRefusals.has(errorCode(error))) return false;
    throw error;
  }
}

/** The size and the hashes of a file's bytes. */
export interface FileContent {
  readonly size: number;
  readonly sha256: string;
  readonly crc32: string;
}

export async function hashFile(path: string): Promise<FileContent> {
  const file = await open(path, readFlags);
  try {
    requireFile(path, await file.stat());
    const hash = createHash('sha256');
    const { size, crc32 } = await computeChecksum(file, undefined, (bytes) => void hash.update(bytes));
    return { size, crc32, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** Copies a file and hashes the copied bytes, which may differ from those of a source that is being written. */
export async function copyFile(source: string, target: string): Promise<FileContent> {
  const input = await open(source, readFlags);
  try {
    requireFile(source, await input.stat());
    await rm(target, { force: true });
    const output = await open(target, 'wx');
    try {
      const content = await copyBytes(input, output);
      await output.sync();
      return content;
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

async function copyBytes(input: FileHandle, output: FileHandle): Promise<FileContent> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(blockSize);
  let size = 0;
  let checksum = 0;
  for (;;) {
    const { bytesRead } = await input.read(block, 0, block.length, size);
    if (bytesRead === 0) break;
    const bytes = block.subarray(0, bytesRead);
    hash.update(bytes);
    checksum = computeCrc32(bytes, checksum);
    await output.writeFile(bytes);
    size += bytesRead;
  }
  return { size, crc32: checksum.toString(16).padStart(8, '0'), sha256: hash.digest('hex') };
}
