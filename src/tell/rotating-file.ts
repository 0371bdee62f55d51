import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Duration } from '../core/time.js';

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
  readonly maxSize: number;
  /** How many files that were put aside are kept: `<path>.1` is the latest of them. */
  readonly keep: number;
  /** Told the first time that something cannot be written. */
  readonly onTrouble: (problem: string) => void;
}

/** How long a line may wait in memory, and how much may. */
const longestWait: Duration = 200;
const mostCharacters = 64 * 1024;

/**
 * A log file that several processes may write: it is opened for every addition, so that one which another process has put
 * aside is not written on.
 */
export function rotatingFile({ path, maxSize, keep, onTrouble }: RotatingFileOptions): RotatingFile {
  let waiting: string[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isTroubled = false;

  const send = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const lines = waiting;
    waiting = [];
    characters = 0;
    if (lines.length === 0) return;
    writing = writing
      .then(() => write(lines))
      .catch((error: unknown) => {
        if (isTroubled) return;
        isTroubled = true;
        onTrouble(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      });
  };

  const write = async (lines: readonly string[]): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    let size = await sizeOf(path);
    let chunk: string[] = [];
    for (const line of lines) {
      const bytes = Buffer.byteLength(line);
      if (size > 0 && size + bytes > maxSize) {
        await appendFile(path, chunk.join(''));
        chunk = [];
        await putAside(path, keep);
        size = 0;
      }
      chunk.push(line);
      size += bytes;
    }
    await appendFile(path, chunk.join(''));
  };

  return {
    add(line) {
      waiting.push(line);
      characters += line.length;
      if (characters >= mostCharacters) send();
      else timer ??= setTimeout(send, longestWait).unref();
    },
    flush() {
      send();
      return writing;
    },
  };
}

/** Makes room: every file moves on by one, and the oldest goes. */
async function putAside(path: string, keep: number): Promise<void> {
  if (keep === 0) {
    await rm(path, { force: true });
    return;
  }
  for (let number = keep - 1; number >= 1; number--) await moveIfThere(`${path}.${number}`, `${path}.${number + 1}`);
  await moveIfThere(path, `${path}.1`);
}

async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
