import { errorMessage } from '../../platform/error-message.js';
import type { Location } from '../../core/diagnostic.js';
import type { FileKind } from './file-kind.js';
import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { quote } from './quote.js';

/** Gives the bytes of a file, or fails as `readFile` of `node:fs/promises` does. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** The text of every file that was read, by name, for the excerpts of diagnostics. */
export type SourceTexts = ReadonlyMap<string, string>;

/** Reads files, remembers their text, and reports those that cannot be read. */
export interface SourceTextReader {
  readonly sourceTexts: SourceTexts;
  /** The text, or null after a report; `askedFrom` is the place that names the file, where there is one. */
  read(file: string, kind: FileKind, referencedAt: Location | null): Promise<string | null>;
}

const megabyte = 1_000_000;

export function createSourceTextReader(readFile: ReadFile, report: ReportDiagnostic): SourceTextReader {
  const sourceTexts = new Map<string, string>();

  async function read(file: string, kind: FileKind, referencedAt: Location | null): Promise<string | null> {
    const cached = sourceTexts.get(file);
    if (cached !== undefined) return cached;

    const location = referencedAt ?? { file, offset: 0, length: 0 };
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (error) {
      report(problem('unreadable-file', location, `${quote(file)} ${describeReadError(error)}`));
      return null;
    }
    if (bytes.length > kind.maxBytes) {
      const size = `${(bytes.length / megabyte).toFixed(1)} MB`;
      const message = `${quote(file)} has ${size}; ${kind.description} has at most ${kind.maxBytes / megabyte} MB`;
      report(problem('file-too-large', location, message, { suggestion: kind.tooLargeHint }));
      return null;
    }
    const text = decode(file, bytes, report);
    if (text !== null) {
      sourceTexts.set(file, text);
      return text;
    }
    return null;
  }

  /** UTF-8 without its byte order mark. */
  function decode(file: string, bytes: Uint8Array, reportDiagnostic: ReportDiagnostic): string | null {
    const [first, second] = bytes;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      reportDiagnostic(
        problem('not-utf-8', { file, offset: 0, length: 0 }, 'the file is UTF-16; it has to be UTF-8', {
          suggestion: 'save it again with the encoding UTF-8',
        }),
      );
      return null;
    }
    const decoded = new TextDecoder('utf-8').decode(bytes);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      sourceTexts.set(file, decoded);
      const location = { file, offset: Math.max(0, decoded.indexOf('\uFFFD')), length: 1 };
      reportDiagnostic(
        problem('not-utf-8', location, 'the bytes here are not UTF-8', {
          suggestion: 'save the file again with the encoding UTF-8',
        }),
      );
      return null;
    }
    return decoded;
  }

  return { sourceTexts, read };
}

function describeReadError(error: unknown): string {
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
      return `cannot be read: ${errorMessage(error)}`;
  }
}
