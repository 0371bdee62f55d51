import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Duration } from '../../core/time/time.js';

/** A file that lines are added to, and that is put aside when it has become too large. */
export interface RotatingFile {
  /** Never waits, never throws. */
  add(line: string): void;
  /** Everything added so far is on disk, or `onTrouble` has been told why not. */
  flush(): Promise<void>;
}

export interface RotatingFileOptions {
  readonly path: string;
  /** In bytes. */
  readonly maxBytes: number;
  /** How many files that were put aside are kept: `<path>.1` is the latest of them. */
  readonly maxFiles: number;
  /** Told the first time that something cannot be written. */
  readonly onError: (problem: string) => void;
}

/** How long a line may wait in memory, and how much may. */
const maxBatchDelay: Duration = 200;
const maxBatchChars = 64 * 1024;

/**
 * A log file that several processes may write: it is opened for every addition, so that one which another process has put
 * aside is not written on.
 */
export function createRotatingFile({ path, maxBytes, maxFiles, onError }: RotatingFileOptions): RotatingFile {
  let pending: string[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let hasFailed = false;

  const writeBatch = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const lines = pending;
    pending = [];
    characters = 0;
    if (lines.length === 0) return;
    writing = writing
      .then(() => write(lines))
      .catch((error: unknown) => {
        if (hasFailed) return;
        hasFailed = true;
        onError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      });
  };

  const write = async (lines: readonly string[]): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
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
  };

  return {
    add(line) {
      pending.push(line);
      characters += line.length;
      if (characters >= maxBatchChars) writeBatch();
      else timer ??= setTimeout(writeBatch, maxBatchDelay).unref();
    },
    flush() {
      writeBatch();
      return writing;
    },
  };
}

/** Makes room: every file moves on by one, and the oldest goes. */
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

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
