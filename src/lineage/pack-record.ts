import { join } from 'node:path';
import { isAbsent, packedName } from './files.js';
import { readEvents, soFar } from './read-runs.js';
import type { RecordedRun } from './read-runs.js';
import { eventsFile, openLineageFile, reportFiles } from './run-folder.js';
import type { TidyFiles } from './tidy-files.js';

const packable: readonly string[] = [eventsFile, openLineageFile];

/** Beyond this a file is not read again only to find out whether a report can go. */
const mostToRead = 64e6;

/** Whether something in the folder of a run can be packed or was left behind by somebody who was packing. */
export function isPackable(names: readonly string[]): boolean {
  return names.some((name) => packable.includes(name) || isReport(name) || isLeftover(name));
}

/**
 * Packs the record of a finished run in place, and gives how many bytes that saves. At every moment each file is there as a
 * whole in one form or the other, so it may be cut short, and two may do it at once. The report goes where the events tell it all.
 */
export async function packRecord(
  run: RecordedRun,
  names: readonly string[],
  files: TidyFiles,
  packer: string,
): Promise<number> {
  let saved = 0;
  let largest = 0;
  for (const name of names.filter(isLeftover)) await files.remove(join(run.folder, name));
  for (const name of names.filter((one) => packable.includes(one))) {
    const path = join(run.folder, name);
    const size = await packFile(path, `${packedName(path)}.${packer}`, files);
    if (size === null) continue;
    await files.settle(run.folder);
    await files.remove(path);
    saved += size.before - size.after;
    largest = Math.max(largest, size.before);
  }
  const reports = names.filter(isReport);
  if (reports.length === 0 || largest > mostToRead || !(await tellsAll(run, files))) return saved;
  for (const name of reports) saved += await files.remove(join(run.folder, name));
  return saved;
}

/** Null where somebody else packs the same: they may have done it already, or take what is not finished for left behind. */
async function packFile(path: string, temporary: string, files: TidyFiles): ReturnType<TidyFiles['pack']> {
  try {
    const size = await files.pack(path, temporary);
    if (size !== null) await files.rename(temporary, packedName(path));
    return size;
  } catch (error) {
    await files.remove(temporary);
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** A disk that was full may have cost some events: then the report knows more. */
async function tellsAll(run: RecordedRun, files: TidyFiles): Promise<boolean> {
  const events = await readEvents(run, files);
  const { requests, rows } = soFar(events);
  const begun = events.some(({ type }) => type === 'run-started');
  const ended = events.some(({ type }) => type === 'run-finished');
  return begun && ended && requests === run.requests && rows === run.rows;
}

function isReport(name: string): boolean {
  return reportFiles.some((report) => report === name);
}

function isLeftover(name: string): boolean {
  return packable.some((file) => name.startsWith(`${packedName(file)}.`));
}
