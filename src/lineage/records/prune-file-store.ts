import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { isNotFound } from '../../platform/error-message.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { FileStore } from '../../platform/file-store.js';

/** What packing and removing records needs of a file system. */
export interface PruneFileStore extends FileStore {
  /** Writes the packed form of a file under another name, safe from power cuts; null when there is no such file. */
  compress(path: string, to: string): Promise<{ readonly before: number; readonly after: number } | null>;
  rename(from: string, to: string): Promise<void>;
  /** What happened to names in a folder is safe from power cuts. */
  syncFolder(folder: string): Promise<void>;
  /** Removes a file, if it is there, and gives how many bytes it held. */
  remove(path: string): Promise<number>;
  /** Removes a folder if it is empty. */
  removeEmptyFolder(folder: string): Promise<void>;
}

/** The disk. */
export const nodePruneFiles: PruneFileStore = {
  ...nodeFiles,

  async compress(path, to) {
    const before = await fileSize(path);
    if (before === null) return null;
    const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
    await pipeline(createReadStream(path), gzip, createWriteStream(to, { flush: true }));
    const after = await fileSize(to);
    return after === null ? null : { before, after };
  },

  rename,

  async syncFolder(folder) {
    // There are no such handles on Windows, where names are safe by themselves.
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
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
