import { join } from 'node:path';
import { isNotFound } from '../../platform/error-message.js';
import { gzipPath } from '../../platform/file-store.js';
import { readEvents, countProgress } from './read-runs.js';
import type { RecordedRun } from './read-runs.js';
import { eventsFile, openLineageFile, reportFiles } from './run-folder.js';
import type { PruneFileStore } from './prune-file-store.js';

const compressibleFiles: readonly string[] = [eventsFile, openLineageFile];

/** The maximum size of a file that is read again to check whether the report can be removed. */
const maxBytesToVerify = 64e6;

/** Returns whether the folder of a run has files to compress, or leftovers of an interrupted compression. */
export function isCompressible(names: readonly string[]): boolean {
  return names.some((name) => compressibleFiles.includes(name) || isReport(name) || isTemporary(name));
}

/**
 * Compresses the record of a finished run in place and returns the saved bytes. Every file exists completely in one form at
 * any time, so the function may be interrupted, and run in two processes at once. Removes the report if the events are
 * complete.
 */
export async function compressRecord(
  run: RecordedRun,
  names: readonly string[],
  files: PruneFileStore,
  owner: string,
): Promise<number> {
  let savedBytes = 0;
  let largest = 0;
  for (const name of names.filter(isTemporary)) await files.remove(join(run.folder, name));
  for (const name of names.filter((one) => compressibleFiles.includes(one))) {
    const path = join(run.folder, name);
    const size = await compressFile(path, `${gzipPath(path)}.${owner}`, files);
    if (size === null) continue;
    await files.syncFolder(run.folder);
    await files.remove(path);
    savedBytes += size.before - size.after;
    largest = Math.max(largest, size.before);
  }
  const reports = names.filter(isReport);
  if (reports.length === 0 || largest > maxBytesToVerify || !(await isComplete(run, files))) return savedBytes;
  for (const name of reports) savedBytes += await files.remove(join(run.folder, name));
  return savedBytes;
}

/** Returns null if another process compresses the same file: it may have removed the original or the temporary file. */
async function compressFile(
  path: string,
  temporary: string,
  files: PruneFileStore,
): ReturnType<PruneFileStore['compress']> {
  try {
    const size = await files.compress(path, temporary);
    if (size !== null) await files.rename(temporary, gzipPath(path));
    return size;
  } catch (error) {
    await files.remove(temporary);
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Returns whether the events are complete; after a full disk the report may contain more. */
async function isComplete(run: RecordedRun, files: PruneFileStore): Promise<boolean> {
  const events = await readEvents(run, files);
  const { requests, rows } = countProgress(events);
  const hasStart = events.some(({ type }) => type === 'run-started');
  const hasEnd = events.some(({ type }) => type === 'run-finished');
  return hasStart && hasEnd && requests === run.requests && rows === run.rows;
}

function isReport(name: string): boolean {
  return reportFiles.some((report) => report === name);
}

function isTemporary(name: string): boolean {
  return compressibleFiles.some((file) => name.startsWith(`${gzipPath(file)}.`));
}
