import { describeFileError } from '../../platform/files/describe-file-error.js';
import { formatBytes } from '../../platform/format.js';
import type { Location } from '../../core/diagnostic.js';
import type { FileKind } from './file-kind.js';
import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { quote } from './quote.js';

/** Reads the bytes of a file; rejects as `readFile` of `node:fs/promises` does. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** The folder to which the files that a pipeline names are confined. */
export interface ProjectFolder {
  readonly folder: string;
  /** Returns whether a file is in the folder, also after symbolic links; true for a file that does not exist there. */
  contains(path: string): Promise<boolean>;
}

/** Texts of all files that were read, by name, for the excerpts of diagnostics. */
export type SourceTexts = ReadonlyMap<string, string>;

/** Reads files, caches their texts, and reports those that cannot be read. */
export interface SourceTextReader {
  readonly sourceTexts: SourceTexts;
  /** Returns the text, or null after a report. `referencedAt` is the location that names the file, if there is one. */
  read(file: string, kind: FileKind, referencedAt: Location | null): Promise<string | null>;
  /** Removes the text of a file from diagnostics: a file of another kind may hold secrets. */
  conceal(file: string): void;
}

/** Creates a reader; files that other files name must be in the project, if there is one. */
export function createSourceTextReader(
  readFile: ReadFile,
  report: ReportDiagnostic,
  project: ProjectFolder | null = null,
): SourceTextReader {
  const sourceTexts = new Map<string, string>();

  async function read(file: string, kind: FileKind, referencedAt: Location | null): Promise<string | null> {
    const cached = sourceTexts.get(file);
    if (cached !== undefined) return cached;

    const location = referencedAt ?? { file, offset: 0, length: 0 };
    if (referencedAt !== null && !(await isInProject(project, file, referencedAt, report))) return null;
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (error) {
      const suggestion = getErrorCode(error) === 'EISDIR' ? 'name a file in it' : null;
      report(problem('unreadable-file', location, `${quote(file)} ${describeReadError(error)}`, { suggestion }));
      return null;
    }
    if (bytes.length > kind.maxBytes) {
      const size = formatBytes(bytes.length);
      const message = `${quote(file)} has ${size}; the limit for ${kind.description} is ${formatBytes(kind.maxBytes)}`;
      report(problem('file-too-large', location, message, { suggestion: kind.tooLargeHint }));
      return null;
    }
    const text = decode(file, bytes);
    if (text !== null) sourceTexts.set(file, text);
    return text;
  }

  /** Decodes UTF-8 and removes the byte order mark. */
  function decode(file: string, bytes: Uint8Array): string | null {
    const [first, second] = bytes;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      report(
        problem('not-utf-8', { file, offset: 0, length: 0 }, 'the file is UTF-16; it must be UTF-8', {
          suggestion: 'save the file as UTF-8',
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
      report(
        problem('not-utf-8', location, 'invalid UTF-8', {
          suggestion: 'save the file as UTF-8',
        }),
      );
      return null;
    }
    return decoded;
  }

  return { sourceTexts, read, conceal: (file) => void sourceTexts.delete(file) };
}

/** Reports a file outside the project. */
export async function isInProject(
  project: ProjectFolder | null,
  file: string,
  referencedAt: Location,
  report: ReportDiagnostic,
): Promise<boolean> {
  if (project === null || (await project.contains(file))) return true;
  report(
    problem('outside-project', referencedAt, `${quote(file)} is outside the project ${quote(project.folder)}`, {
      suggestion: 'move it into the project, or allow it with `--allow-outside`',
    }),
  );
  return false;
}

function getErrorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function describeReadError(error: unknown): string {
  switch (getErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'EISDIR':
      return 'is a folder, not a file';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be read: permission denied';
    default:
      return `cannot be read: ${describeFileError(error)}`;
  }
}
