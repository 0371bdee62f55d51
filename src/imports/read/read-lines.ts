import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';

import { requireFile } from '../../platform/files/not-a-file.js';
import { explainOpenError, readFlags } from '../../platform/files/read-file.js';

/** One line of a file, counted from 1. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
  /** True if the line is longer than any row; the text is its beginning. */
  readonly isCut: boolean;
}

/** Longer lines are no rows: a damaged or binary file must not fill the memory. */
const maxLineLength = 1_000_000;

/** Reads the lines of a text file, also of a gzip file, and calls `onBytes` with the bytes of the file as they are on disk. */
export async function* readLines(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<TextLine> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    throw explainOpenError(path, error);
  });
  try {
    requireFile(path, await file.stat());
    const source = file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 });
    source.on('data', (chunk) => onBytes(Buffer.from(chunk)));
    // A failure of either stream ends the iteration below with its error.
    const bytes = path.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source;
    yield* splitLines(bytes);
  } finally {
    await file.close();
  }
}

async function* splitLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder();
  let line = 1;
  let rest = '';
  let isSkipping = false;
  for await (const chunk of chunks) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    let start = 0;
    for (;;) {
      const newline = text.indexOf('\n', start);
      if (newline < 0) break;
      if (!isSkipping) yield toLine(line, text.slice(start, newline));
      isSkipping = false;
      line++;
      start = newline + 1;
    }
    rest = text.slice(start);
    if (rest.length <= maxLineLength) continue;
    if (!isSkipping) yield toLine(line, rest);
    isSkipping = true;
    rest = '';
  }
  rest += decoder.decode();
  if (rest !== '' && !isSkipping) yield toLine(line, rest);
}

function toLine(line: number, text: string): TextLine {
  const isCut = text.length > maxLineLength;
  const end = text.endsWith('\r') ? -1 : undefined;
  return { line, text: isCut ? text.slice(0, maxLineLength) : text.slice(0, end), isCut };
}

/** Computes the SHA-256 (hex) of a file. */
export async function hashFile(path: string): Promise<string> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    throw explainOpenError(path, error);
  });
  try {
    requireFile(path, await file.stat());
    const hash = createHash('sha256');
    const chunks: AsyncIterable<Buffer> = file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 });
    for await (const chunk of chunks) hash.update(chunk);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
