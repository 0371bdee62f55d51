import { readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { isNotFound } from './error-message.js';
import { makeFolder } from './files/make-folder.js';
import { readFile, readFileSync } from './files/read-file.js';
import { appendFile, openToReplace, requireReplaceable } from './files/write-file.js';

/** The file operations of records, alerts, breakers and schedules; tests replace them to make a disk fail. */
export interface FileStore {
  /** Appends to a file; creates it and its folder. */
  append(path: string, text: string): Promise<void>;
  /** Replaces a file atomically, safe from power cuts; creates its folder. */
  replace(path: string, text: string): Promise<void>;
  /** The content of a file or of its compressed form; null if neither exists or the compressed form is damaged. */
  read(path: string): Promise<string | null>;
  /** The names in a folder, unordered; empty if the folder does not exist. */
  list(path: string): Promise<readonly string[]>;
}

/** The path of the gzip-compressed form of a file. */
export function gzipPath(path: string): string {
  return `${path}.gz`;
}

/** Reads synchronously. */
export const nodeFiles: FileStore = {
  async append(path, text) {
    await makeFolder(dirname(path));
    await appendFile(path, text);
  },

  async replace(path, text) {
    await makeFolder(dirname(path));
    await requireReplaceable(path);
    const temporary = `${path}.new`;
    try {
      const file = await openToReplace(temporary);
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

  // Synchronous: finding a pipeline among a month of another's runs reads 250,000 small files, which asynchronous reads make
  // five times slower.
  read(path) {
    return Promise.resolve().then(() => {
      // In this order: a file is removed only once its compressed form exists.
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

/** Reads asynchronously: for a process that must respond while it scans many files. */
export const nonBlockingFiles: FileStore = {
  ...nodeFiles,
  read: (path) => readFile(path, 'utf8').catch(() => nodeFiles.read(path)),
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
