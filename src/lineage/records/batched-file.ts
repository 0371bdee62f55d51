import type { Duration } from '../../core/time/time.js';
import type { FileStore } from '../../platform/file-store.js';
import { createLineBuffer } from '../../platform/line-buffer.js';
import type { LineBuffer } from '../../platform/line-buffer.js';

/** Limits of the lines in memory. */
const maxDelay: Duration = 500;
const maxChars = 256 * 1024;

/** A file of lines that only grows. Recording never delays a run: what cannot be written is dropped. */
export function createBatchedFile(
  files: Pick<FileStore, 'append'>,
  path: string,
  onError: (problem: string) => void,
): LineBuffer {
  const buffer = createLineBuffer({
    path,
    write: (lines) => files.append(path, lines.join('')),
    maxDelay,
    maxChars,
    onError,
  });
  return { ...buffer, add: (line) => buffer.add(`${line}\n`) };
}
