import type { Duration } from '../core/time/time.js';
import { errorMessage } from './error-message.js';

/** Collects lines in memory and writes them together, in order. */
export interface LineBuffer {
  /** Never waits, never throws. */
  add(line: string): void;
  /** Resolves when every line is written or its error was reported. */
  flush(): Promise<void>;
}

export interface LineBufferOptions {
  /** The file, for the error message. */
  readonly path: string;
  readonly write: (lines: readonly string[]) => Promise<void>;
  /** The maximum time for which a line stays in memory. */
  readonly maxDelay: Duration;
  /** The maximum number of characters in memory. */
  readonly maxChars: number;
  /** Called at the first write error only; lines that cannot be written are dropped. */
  readonly onError: (problem: string) => void;
}

export function createLineBuffer({ path, write, maxDelay, maxChars, onError }: LineBufferOptions): LineBuffer {
  let pending: string[] = [];
  let pendingChars = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let hasFailed = false;

  const writePending = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (pending.length === 0) return;
    const lines = pending;
    pending = [];
    pendingChars = 0;
    writing = writing
      .then(() => write(lines))
      .catch((error: unknown) => {
        if (hasFailed) return;
        hasFailed = true;
        onError(`cannot write ${path}: ${errorMessage(error)}`);
      });
  };

  const flush = async (): Promise<void> => {
    writePending();
    await writing;
    // Lines that were added meanwhile may be the last ones before the end of the process.
    if (pending.length > 0) await flush();
  };

  return {
    add(line) {
      pending.push(line);
      pendingChars += line.length;
      if (pendingChars >= maxChars) writePending();
      else timer ??= setTimeout(writePending, maxDelay).unref();
    },
    flush,
  };
}
