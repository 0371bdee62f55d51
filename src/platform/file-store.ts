import { readFileSync } from 'node:fs';
import { appendFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { isNotFound } from './error-message.js';

/** What a run record needs of a file system. */
export interface FileStore {
  /** Adds to the end of a file, creating it and its folder. */
  append(path: string, text: string): Promise<void>;
  /** Readers see the old content or the new, never a part. */
  replace(path: string, text: string): Promise<void>;
  /** The whole file, unpacked where only its packed form is left; null when there is neither, or the latter is damaged. */
  read(path: string): Promise<string | null>;
  /** The names in a folder, in no order; none when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
}

/** The name of a file's packed form, which `zcat` and its like read. */
export function gzipPath(path: string): string {
  return `${path}.gz`;
}

/** The disk. */
export const nodeFiles: FileStore = {
  async append(path, text) {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, text);
  },

  async replace(path, text) {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.new`;
    try {
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  },

  // At once: looking for a pipeline among a month of another's runs reads 250,000 small files, which takes five times as
  // long when each waits for its turn.
  read(path) {
    return Promise.resolve().then(() => {
      // In this order: a file goes only once its packed form is there.
      return readFileIfExists(path)?.toString('utf8') ?? readGzipIfValid(gzipPath(path));
    });
  },

  async list(path) {
    try {
      return await readdir(path);
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  },
};

function readFileIfExists(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function readGzipIfValid(path: string): string | null {
  const compressed = readFileIfExists(path);
  if (compressed === null) return null;
  try {
    return gunzipSync(compressed).toString('utf8');
  } catch {
    return null;
  }
}
