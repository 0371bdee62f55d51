import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LakeFeed } from '../../lake/feed/feed.js';
import { quoteText } from '../sql.js';

/** Rows that are written to files one after another, each while the one before it is read. */
export interface WrittenParts {
  /** The files, each as soon as it is complete; once. */
  readonly files: AsyncIterable<string>;
  /** The number of all rows. */
  readonly rows: number;
  /** Why the last file could not be written; null if it could. */
  failure(): Error | null;
  /** Waits until nothing is written any more, and removes the files. */
  close(): Promise<void>;
}

export interface PartsQuery {
  readonly feed: LakeFeed;
  /** The query of the rows that meet a condition over the symbol of a row. */
  readonly select: (condition: (symbol: string) => string) => string;
  /** The query of the symbols, with their numbers of rows: `symbol`, `n`. */
  readonly counts: string;
  /** A folder of the feed. */
  readonly folder: string;
}

/** In rows: the first file has to be complete before the reader has something to do. */
const minPartRows = 50_000;

/** Every part reads the tables once. */
const maxParts = 16;

/**
 * Writes the rows of a query as CSV without a header. A part has the rows of some symbols: DuckDB can also divide a result by size, but
 * then its threads write to several files at once, and no file is known to be complete before all are.
 */
export async function writeParts({ feed, select, counts, folder }: PartsQuery): Promise<WrittenParts> {
  const counted = (await feed.query(counts)).map((row) => ({ symbol: String(row['symbol']), rows: Number(row['n']) }));
  const rows = counted.reduce((sum, one) => sum + one.rows, 0);
  const parts = divide(counted, Math.max(minPartRows, rows / maxParts));
  let failed: Error | null = null;
  let writing: Promise<string> | null = null;
  const pathOf = (part: number): string => join(folder, `part-${String(part)}.csv`);

  function start(part: number): Promise<string> | null {
    const symbols = parts[part];
    if (symbols === undefined) return null;
    const sql = select((symbol) => `${symbol} IN (${symbols.map(quoteText).join(', ')})`);
    const path = pathOf(part);
    const written = feed.copyConcurrently(sql, path, 'FORMAT csv, HEADER false').then(
      () => path,
      (error: unknown) => {
        failed = error instanceof Error ? error : new Error(String(error));
        throw failed;
      },
    );
    // The reader may have ended before it waits for this part.
    written.catch(() => undefined);
    return written;
  }

  async function* listFiles(): AsyncGenerator<string> {
    writing = start(0);
    for (let part = 0; writing !== null; part++) {
      const path = await writing;
      writing = start(part + 1);
      yield path;
      await rm(path, { force: true });
    }
  }

  return {
    files: listFiles(),
    rows,
    failure: () => failed,
    async close() {
      await writing?.catch(() => undefined);
      for (const part of parts.keys()) await rm(pathOf(part), { force: true });
    },
  };
}

/** Symbols in groups of at least so many rows, except for the last. */
function divide(
  counted: readonly { readonly symbol: string; readonly rows: number }[],
  minRows: number,
): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let left = 0;
  for (const { symbol, rows } of counted) {
    if (left <= 0) {
      parts.push([]);
      left = minRows;
    }
    parts.at(-1)?.push(symbol);
    left -= rows;
  }
  return parts;
}
