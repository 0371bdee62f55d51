import type { Duration } from '../core/time.js';
import type { RecordFiles } from './files.js';

/** A file that is only ever added to: lines gather in memory for a moment and go out together. */
export interface BatchedFile {
  /** Never waits and never throws. */
  add(line: string): void;
  /** Everything added so far is written, or could not be. */
  flush(): Promise<void>;
}

/** How long a line may wait in memory, and how much may. */
export const batchDelay: Duration = 500;
const batchCharacters = 256 * 1024;

/** What cannot be written is dropped after telling `onTrouble` the first time: recording never holds up a run. */
export function batchedFile(files: RecordFiles, path: string, onTrouble: (problem: string) => void): BatchedFile {
  let waiting: string[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let troubled = false;

  function send(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    size = 0;
    writing = writing
      .then(() => files.append(path, text))
      .catch((error: unknown) => {
        if (troubled) return;
        troubled = true;
        onTrouble(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      });
  }

  return {
    add(line) {
      waiting.push(line, '\n');
      size += line.length + 1;
      if (size >= batchCharacters) send();
      else timer ??= setTimeout(send, batchDelay).unref();
    },
    flush() {
      send();
      return writing;
    },
  };
}
