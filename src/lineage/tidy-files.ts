import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { diskFiles, isAbsent } from './files.js';
import type { RecordFiles } from './files.js';

/** What packing and removing records needs of a file system. */
export interface TidyFiles extends RecordFiles {
  /** Writes the packed form of a file under another name, safe from power cuts; null when there is no such file. */
  pack(path: string, to: string): Promise<{ readonly before: number; readonly after: number } | null>;
  rename(from: string, to: string): Promise<void>;
  /** What happened to names in a folder is safe from power cuts. */
  settle(folder: string): Promise<void>;
  /** Removes a file, if it is there, and gives how many bytes it held. */
  remove(path: string): Promise<number>;
  /** Removes a folder if it is empty. */
  removeEmpty(folder: string): Promise<void>;
}

/** The disk. */
export const diskTidyFiles: TidyFiles = {
  ...diskFiles,

  async pack(path, to) {
    const before = await sizeOf(path);
    if (before === null) return null;
    const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
    await pipeline(createReadStream(path), gzip, createWriteStream(to, { flush: true }));
    const after = await sizeOf(to);
    return after === null ? null : { before, after };
  },

  rename,

  async settle(folder) {
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
    const size = await sizeOf(path);
    await rm(path, { force: true });
    return size ?? 0;
  },

  async removeEmpty(folder) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (!isAbsent(error) && !isOccupied(error)) throw error;
    }
  },
};

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isOccupied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
