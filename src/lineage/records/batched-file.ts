import type { Duration } from '../../core/time/time.js';
import type { FileStore } from '../../platform/file-store.js';

/** A file that is only ever added to: lines gather in memory for a moment and go out together. */
export interface BatchedFile {
  /** Never waits and never throws. */
  add(line: string): void;
  /** Everything added so far is written, or could not be. */
  flush(): Promise<void>;
}

/** How long a line may wait in memory, and how much may. */
export const maxBatchDelay: Duration = 500;
const maxBatchChars = 256 * 1024;

/** What cannot be written is dropped after telling `onTrouble` the first time: recording never holds up a run. */
export function createBatchedFile(files: FileStore, path: string, onError: (problem: string) => void): BatchedFile {
  let pending: string[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let hasFailed = false;

  function writeBatch(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (pending.length === 0) return;
    const text = pending.join('');
    pending = [];
    size = 0;
    writing = writing
      .then(() => files.append(path, text))
      .catch((error: unknown) => {
        if (hasFailed) return;
        hasFailed = true;
        onError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      });
  }

  return {
    add(line) {
      pending.push(line, '\n');
      size += line.length + 1;
      if (size >= maxBatchChars) writeBatch();
      else timer ??= setTimeout(writeBatch, maxBatchDelay).unref();
    },
    flush() {
      writeBatch();
      return writing;
    },
  };
}
