import { createWriteStream } from 'node:fs';
import { open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { readFlags } from '../../platform/files/read-file.js';
import { isNotFound, errorCode } from '../../platform/error-message.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { FileStore } from '../../platform/file-store.js';

/** The file operations of compression and removal. */
export interface PruneFileStore extends FileStore {
  /** Writes the compressed form of a file to another path, safe from power cuts; null if the file does not exist. */
  compress(path: string, to: string): Promise<{ readonly before: number; readonly after: number } | null>;
  rename(from: string, to: string): Promise<void>;
  /** Makes renames and removals in a folder safe from power cuts. */
  syncFolder(folder: string): Promise<void>;
  /** Removes a file if it exists, and returns its size. */
  remove(path: string): Promise<number>;
  removeEmptyFolder(folder: string): Promise<void>;
}

export const nodePruneFiles: PruneFileStore = {
  ...nodeFiles,

  async compress(path, to) {
    const before = await fileSize(path);
    if (before === null) return null;
    const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
    const source = await open(path, readFlags);
    await pipeline(source.createReadStream(), gzip, createWriteStream(to, { flush: true }));
    const after = await fileSize(to);
    return after === null ? null : { before, after };
  },

  rename,

  async syncFolder(folder) {
    // Windows has no handles of folders, and makes renames safe without them.
    if (process.platform === 'win32') return;
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },

  async remove(path) {
    const size = await fileSize(path);
    await rm(path, { force: true });
    return size ?? 0;
  },

  async removeEmptyFolder(folder) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (!isNotFound(error) && !isNotEmpty(error)) throw error;
    }
  },
};

async function fileSize(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function isNotEmpty(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}
