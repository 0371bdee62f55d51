import { createHash } from 'node:crypto';

import type { ImportLayout } from '../../core/import-layout.js';
import { splitCsvLine } from './csv-line.js';
import { hashFile, readLines } from './read-lines.js';

/** One row of a file. */
export interface SourceRow {
  /** The line of a text file, counted from 1; the number of the row in a Parquet file. */
  readonly line: number;
  readonly cells: readonly string[];
  /** The row as it is in the file. */
  readonly text: string;
  /** Why the line is no row; null for a row. */
  readonly problem: string | null;
}

/** The rows of a file whose columns are known. */
export interface SourceRows {
  /** The names of the columns; null for a file without a line of names, whose columns the layout names. */
  readonly names: readonly string[] | null;
  readonly rows: AsyncIterable<SourceRow>;
  /** The SHA-256 (hex) of the bytes that the rows came from, after the last row. */
  hash(): string;
  /** Closes a file whose rows are not read. */
  close(): Promise<void>;
}

/** Reads the rows of a Parquet file as text: `names` first, then some rows at a time. */
export type ReadParquet = (path: string) => Promise<{
  readonly names: readonly string[];
  readonly rows: AsyncIterable<readonly (readonly string[])[]>;
}>;

/** Opens a file. `hasHeader` says whether the first line names the columns. */
export async function openRows(
  path: string,
  { format, delimiter, header }: Pick<ImportLayout, 'format' | 'delimiter' | 'header'>,
  readParquet: ReadParquet,
): Promise<SourceRows> {
  const isParquet = format === 'parquet' || (format === null && /\.(parquet|pq)$/i.test(path));
  return isParquet ? openParquet(path, readParquet) : openCsv(path, delimiter, header === null);
}

async function openParquet(path: string, readParquet: ReadParquet): Promise<SourceRows> {
  const hash = await hashFile(path);
  const { names, rows } = await readParquet(path);
  return {
    names,
    rows: numberRows(rows),
    hash: () => hash,
    close: async () => {
      await rows[Symbol.asyncIterator]().return?.();
    },
  };
}

async function* numberRows(batches: AsyncIterable<readonly (readonly string[])[]>): AsyncGenerator<SourceRow> {
  let line = 0;
  for await (const batch of batches)
    for (const cells of batch) yield { line: ++line, cells, text: cells.join(','), problem: null };
}

async function openCsv(path: string, delimiter: string, hasHeader: boolean): Promise<SourceRows> {
  const hash = createHash('sha256');
  const lines = readLines(path, (bytes) => void hash.update(bytes))[Symbol.asyncIterator]();
  let names: readonly string[] | null = null;
  while (hasHeader && names === null) {
    const first = await lines.next();
    if (first.done === true) break;
    const text = first.value.text.replace(/^\uFEFF/, '');
    if (text.trim() === '') continue;
    const cells = splitCsvLine(text, delimiter);
    names = cells.ok ? cells.value : [];
  }
  return {
    names: hasHeader ? (names ?? []) : null,
    rows: splitRows(lines, delimiter),
    hash: () => hash.digest('hex'),
    close: async () => {
      await lines.return(undefined);
    },
  };
}

async function* splitRows(lines: ReturnType<typeof readLines>, delimiter: string): AsyncGenerator<SourceRow> {
  for await (const { line, text: raw, isCut } of lines) {
    const text = line === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (text.trim() === '') continue;
    if (isCut) {
      yield { line, cells: [], text, problem: 'the line is longer than 1,000,000 characters' };
      continue;
    }
    const cells = splitCsvLine(text, delimiter);
    yield cells.ok
      ? { line, cells: cells.value, text, problem: null }
      : { line, cells: [], text, problem: cells.error };
  }
}
