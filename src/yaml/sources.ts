import type { Place } from '../core/diagnostic.js';
import type { FileKind } from './file-kind.js';
import { problem } from './problem.js';
import type { Report } from './problem.js';
import { quote } from './text.js';

/** Gives the bytes of a file, or fails as `readFile` of `node:fs/promises` does. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** The text of every file that was read, by name, for the excerpts of diagnostics. */
export type Sources = ReadonlyMap<string, string>;

/** Reads files, remembers their text, and reports those that cannot be read. */
export interface SourceReader {
  readonly sources: Sources;
  /** The text, or null after a report; `askedFrom` is the place that names the file, where there is one. */
  read(file: string, kind: FileKind, askedFrom: Place | null): Promise<string | null>;
}

const megabyte = 1_000_000;

export function sourceReader(readFile: ReadFile, report: Report): SourceReader {
  const sources = new Map<string, string>();

  async function read(file: string, kind: FileKind, askedFrom: Place | null): Promise<string | null> {
    const known = sources.get(file);
    if (known !== undefined) return known;

    const place = askedFrom ?? { file, offset: 0, length: 0 };
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (error) {
      report(problem('unreadable-file', place, `${quote(file)} ${reasonOf(error)}`));
      return null;
    }
    if (bytes.length > kind.mostBytes) {
      const size = `${(bytes.length / megabyte).toFixed(1)} MB`;
      const message = `${quote(file)} has ${size}; ${kind.name} has at most ${kind.mostBytes / megabyte} MB`;
      report(problem('file-too-large', place, message, { suggestion: kind.whenTooLarge }));
      return null;
    }
    const text = decode(file, bytes, report);
    if (text !== null) {
      sources.set(file, text);
      return text;
    }
    return null;
  }

  /** UTF-8 without its byte order mark. */
  function decode(file: string, bytes: Uint8Array, complain: Report): string | null {
    const [first, second] = bytes;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      complain(
        problem('not-utf-8', { file, offset: 0, length: 0 }, 'the file is UTF-16; it has to be UTF-8', {
          suggestion: 'save it again with the encoding UTF-8',
        }),
      );
      return null;
    }
    const lenient = new TextDecoder('utf-8').decode(bytes);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      sources.set(file, lenient);
      const place = { file, offset: Math.max(0, lenient.indexOf('\uFFFD')), length: 1 };
      complain(
        problem('not-utf-8', place, 'the bytes here are not UTF-8', {
          suggestion: 'save the file again with the encoding UTF-8',
        }),
      );
      return null;
    }
    return lenient;
  }

  return { sources, read };
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'is not there';
    case 'EISDIR':
      return 'is a folder, not a file';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read: permission denied';
    default:
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
