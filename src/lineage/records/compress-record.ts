import { join } from 'node:path';
import { isNotFound } from '../../platform/error-message.js';
import { gzipPath } from '../../platform/file-store.js';
import { readEvents, progressOf } from './read-runs.js';
import type { RecordedRun } from './read-runs.js';
import { eventsFile, openLineageFile, reportFiles } from './run-folder.js';
import type { PruneFileStore } from './prune-file-store.js';

const compressibleFiles: readonly string[] = [eventsFile, openLineageFile];

/** Beyond this a file is not read again only to find out whether a report can go. */
const maxBytesToVerify = 64e6;

/** Whether something in the folder of a run can be packed or was left behind by somebody who was packing. */
export function isCompressible(names: readonly string[]): boolean {
  return names.some((name) => compressibleFiles.includes(name) || isReport(name) || isTemporary(name));
}

/**
 * Packs the record of a finished run in place, and gives how many bytes that saves. At every moment each file is there as a
 * whole in one form or the other, so it may be cut short, and two may do it at once. The report goes where the events tell it all.
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

/** Null where somebody else packs the same: they may have done it already, or take what is not finished for left behind. */
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

/** A disk that was full may have cost some events: then the report knows more. */
async function isComplete(run: RecordedRun, files: PruneFileStore): Promise<boolean> {
  const events = await readEvents(run, files);
  const { requests, rows } = progressOf(events);
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
