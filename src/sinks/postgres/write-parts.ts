import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LakeFeed } from '../../lake/feed/feed.js';

/** Rows that are written to files one after another while the first of them are read. */
export interface WrittenParts {
  /** The files in their order, each as soon as it is complete; once. */
  readonly files: AsyncIterable<string>;
  /** Resolves with the number of rows when all are written. */
  readonly rows: Promise<number>;
  /** Waits until nothing is written any more, and removes the files. */
  close(): Promise<void>;
}

/** Small enough that the reader has something to do early, and large enough that a file costs nothing. */
const partSize = '4MB';

/** The interval between two looks for the next file, in milliseconds. */
const interval = 5;

/** Writes the rows of a query as CSV without a header into files of a new folder. */
export function writeParts(feed: LakeFeed, sql: string, folder: string): WrittenParts {
  let isWritten = false;
  const pathOf = (part: number): string => join(folder, `data_${String(part)}.csv`);
  const rows = rm(folder, { recursive: true, force: true })
    .then(() =>
      feed.copyTo(sql, folder, `FORMAT csv, HEADER false, FILE_SIZE_BYTES '${partSize}', PER_THREAD_OUTPUT false`),
    )
    .finally(() => {
      isWritten = true;
    });
  // The failure reaches those who wait for the rows.
  rows.catch(() => undefined);

  async function* listFiles(): AsyncGenerator<string> {
    const sizes: number[] = [];
    for (let part = 0; ; part++) {
      // The engine begins a file before it has ended the one before it, but never two.
      while (!isWritten && !existsSync(pathOf(part + 2))) await delay(interval);
      if (isWritten) await rows;
      if (!existsSync(pathOf(part))) break;
      sizes.push((await stat(pathOf(part))).size);
      yield pathOf(part);
    }
    for (const [part, size] of sizes.entries())
      if ((await stat(pathOf(part))).size !== size)
        throw new Error('the engine changed a file of rows that it had ended');
  }

  return {
    files: listFiles(),
    rows,
    async close() {
      await rows.catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
