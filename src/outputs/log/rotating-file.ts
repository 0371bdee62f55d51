import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { appendFile } from '../../platform/files/write-file.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import type { Duration } from '../../core/time/time.js';
import { isNotFound } from '../../platform/error-message.js';
import { createLineBuffer } from '../../platform/line-buffer.js';
import type { LineBuffer } from '../../platform/line-buffer.js';

export interface RotatingFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** The number of rotated files to keep; `<path>.1` is the latest. */
  readonly maxFiles: number;
  /** Called at the first write error. */
  readonly onError: (problem: string) => void;
}

/** Limits of the lines in memory. */
const maxDelay: Duration = 200;
const maxChars = 64 * 1024;

/**
 * A log file that is rotated when it reaches a size. Several processes may write to it: it is opened for every write, so that
 * no process writes to a file that another one has rotated.
 */
export function createRotatingFile({ path, maxBytes, maxFiles, onError }: RotatingFileOptions): LineBuffer {
  return createLineBuffer({ path, write, maxDelay, maxChars, onError });

  async function write(lines: readonly string[]): Promise<void> {
    await makeFolder(dirname(path));
    let size = await fileSize(path);
    let chunk: string[] = [];
    for (const line of lines) {
      const bytes = Buffer.byteLength(line);
      if (size > 0 && size + bytes > maxBytes) {
        await appendFile(path, chunk.join(''));
        chunk = [];
        await rotate(path, maxFiles);
        size = 0;
      }
      chunk.push(line);
      size += bytes;
    }
    await appendFile(path, chunk.join(''));
  }
}

/** Renames every file to the next number and removes the oldest. */
async function rotate(path: string, maxFiles: number): Promise<void> {
  if (maxFiles === 0) {
    await rm(path, { force: true });
    return;
  }
  for (let number = maxFiles - 1; number >= 1; number--)
    await renameIfExists(`${path}.${number}`, `${path}.${number + 1}`);
  await renameIfExists(path, `${path}.1`);
}

async function renameIfExists(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isNotFound(error)) return 0;
    throw error;
  }
}
