import { errorCode } from '../../platform/error-message.js';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { day } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Snapshot } from '../delta/snapshot.js';
import { toLakeError } from '../lake-error.js';

/** How long files that no longer belong to a table stay for those who still read them. */
export const defaultRetention: Duration = 7 * day;

/** Of more superseded files than this the older ones stay for a shorter time: what runs of every minute leave must not pile up. */
const maxTombstonesAtFullRetention = 1_000;
const shortRetention: Duration = day;

/** The instant since which what was superseded is still there. */
export function computeRetentionCutoff({ tombstones }: Pick<Snapshot, 'tombstones'>, now: Instant): Instant {
  const fullRetentionCutoff = now - defaultRetention;
  if (tombstones.size <= maxTombstonesAtFullRetention) return fullRetentionCutoff;
  const latestFirst = Float64Array.from(tombstones.values(), ({ deletionTimestamp }) => -deletionTimestamp).sort();
  return Math.max(
    fullRetentionCutoff,
    Math.min(now - shortRetention, -(latestFirst[maxTombstonesAtFullRetention - 1] ?? -fullRetentionCutoff)),
  );
}

/** What a vacuum took away. */
export interface VacuumResult {
  readonly files: number;
  readonly bytes: number;
}

/** Deletes files that commits took out of the table before an instant. */
export async function vacuumSuperseded(table: string, snapshot: Snapshot, before: Instant): Promise<VacuumResult> {
  let files = 0;
  let bytes = 0;
  for (const { path, deletionTimestamp, size } of snapshot.tombstones.values()) {
    if (deletionTimestamp >= before || snapshot.files.has(path) || !isInsideTable(path)) continue;
    if (!(await removeFile(join(table, path)))) continue;
    files++;
    bytes += size;
  }
  return { files, bytes };
}

/** Deletes data files that the log has never named, or has forgotten, and that nobody has touched for the retention. */
export async function vacuumOrphans(table: string, snapshot: Snapshot, before: Instant): Promise<VacuumResult> {
  let files = 0;
  let bytes = 0;
  for (const path of await listDataFiles(table, '')) {
    if (snapshot.files.has(path) || snapshot.tombstones.has(path)) continue;
    const found = await statIfPresent(join(table, path));
    if (found === null || found.mtimeMs >= before) continue;
    if (!(await removeFile(join(table, path)))) continue;
    files++;
    bytes += found.size;
  }
  return { files, bytes };
}

/** A path that another writer put into the log may lead anywhere; only what lies in the table's folder is ours to delete. */
function isInsideTable(path: string): boolean {
  return !path.startsWith('/') && !/^[a-z0-9+.-]+:/i.test(path) && !path.split('/').includes('../..');
}

/** Every Parquet file below a folder, relative to the table; what begins with `_` or `.` is not data. */
async function listDataFiles(table: string, folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  let entries;
  try {
    entries = await readdir(join(table, folder), { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw toLakeError(error, join(table, folder));
  }
  for (const entry of entries) {
    if (/^[_.]/.test(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await listDataFiles(table, path)));
    else if (entry.isFile() && entry.name.endsWith('.parquet')) paths.push(path);
  }
  return paths;
}

async function statIfPresent(path: string): Promise<{ readonly size: number; readonly mtimeMs: number } | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw toLakeError(error, path);
  }
}

async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw toLakeError(error, path);
  }
  return true;
}

/** Deletes what writers began and nobody has touched for the retention; `own` is the folder of the writer that calls. */
export async function vacuumStaging(staging: string, ownFolder: string, before: Instant): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(staging);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw toLakeError(error, staging);
  }
  for (const name of names) {
    if (name === ownFolder) continue;
    const found = await statIfPresent(join(staging, name));
    if (found !== null && found.mtimeMs < before) await rm(join(staging, name), { recursive: true, force: true });
  }
}
