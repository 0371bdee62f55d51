import type { ImportStep } from '../config/pipeline/pipeline.js';
import { second } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';
import { listImportFiles } from './read/list-files.js';
import type { FoundFile } from './read/list-files.js';
import { hashFile } from './read/read-lines.js';
import type { ImportRecord } from './records/import-record.js';

/**
 * Why a file is imported; `imported` if it need not be.
 *
 * - `changed`: its path was imported with another content
 * - `settings`: it was imported with other settings of the step
 * - `symbols`: the pipeline has symbols that it was not imported for
 * - `lost`: rows that it brought are lost
 */
export type ImportReason = 'new' | 'changed' | 'settings' | 'symbols' | 'lost' | 'imported';

export interface ExaminedFile {
  readonly file: FoundFile;
  readonly reason: ImportReason;
  /** The record of the content; null if it was not imported. */
  readonly record: ImportRecord | null;
}

/** The files of a step, compared with what was imported. */
export interface ExaminedFiles {
  readonly files: readonly ExaminedFile[];
  readonly unmatched: readonly string[];
  /** Files that links lead to outside of the project. */
  readonly outside: readonly string[];
}

export interface ExamineContext {
  readonly records: readonly ImportRecord[];
  /** The symbols of the pipeline. */
  readonly symbols: readonly string[];
  /** Symbols with lost rows of the source. */
  readonly lostSymbols: ReadonlySet<string>;
  readonly force: boolean;
}

/** Lists the files of a step and finds those to import. Reads a file only if its size and time do not say whether it has changed. */
export async function examineImportFiles(step: ImportStep, context: ExamineContext): Promise<ExaminedFiles> {
  const { files, unmatched, outside } = await listImportFiles(step.folder, step.files, step.project);
  const records = context.records.filter(({ source, supersededBy }) => source === step.source && supersededBy === null);
  const examined: ExaminedFile[] = [];
  for (const file of files) examined.push(await examineFile(file, step, records, context));
  return { files: examined, unmatched, outside };
}

async function examineFile(
  file: FoundFile,
  step: ImportStep,
  records: readonly ImportRecord[],
  { symbols, lostSymbols, force }: ExamineContext,
): Promise<ExaminedFile> {
  const candidates = records.filter(({ bytes }) => bytes === file.bytes);
  const known = candidates.find(({ path, ...record }) => path === file.path && isSurelySame(file, record));
  const hash = known === undefined && candidates.length > 0 ? await hashFile(file.location) : null;
  const record = known ?? candidates.find(({ sha256 }) => sha256 === hash) ?? null;
  if (record === null)
    return { file, reason: records.some(({ path }) => path === file.path) ? 'changed' : 'new', record };
  if (force || record.definition !== step.definition) return { file, reason: 'settings', record };
  const imported = new Set(record.symbols);
  if (symbols.some((symbol) => !imported.has(symbol))) return { file, reason: 'symbols', record };
  return { file, reason: record.symbols.some((symbol) => lostSymbols.has(symbol)) ? 'lost' : 'imported', record };
}

/** File systems keep times of a second or two: a file written just before its import may have changed since without showing it. */
const timeResolution = 3 * second;

function isSurelySame(
  file: Pick<FoundFile, 'modifiedAt'>,
  record: { readonly modifiedAt: Instant; readonly importedAt: Instant },
): boolean {
  return file.modifiedAt === record.modifiedAt && record.modifiedAt + timeResolution < record.importedAt;
}
