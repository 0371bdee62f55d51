import { listFolder } from '../list-folder.js';
import { errorCode } from '../../platform/error-message.js';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { day } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Snapshot } from '../delta/snapshot.js';
import { toLakeError } from '../lake-error.js';

/** The retention of superseded files, which readers may still use. */
export const defaultRetention: Duration = 7 * day;

/** If there are more, the older ones stay for `shortRetention`: files of runs every minute must not accumulate. */
const maxTombstonesAtFullRetention = 1_000;
const shortRetention: Duration = day;

/** Files superseded before this instant are deleted. */
export function computeRetentionCutoff({ tombstones }: Pick<Snapshot, 'tombstones'>, now: Instant): Instant {
  const fullRetentionCutoff = now - defaultRetention;
  if (tombstones.size <= maxTombstonesAtFullRetention) return fullRetentionCutoff;
  const latestFirst = Float64Array.from(tombstones.values(), ({ deletionTimestamp }) => -deletionTimestamp).sort();
  return Math.max(
    fullRetentionCutoff,
    Math.min(now - shortRetention, -(latestFirst[maxTombstonesAtFullRetention - 1] ?? -fullRetentionCutoff)),
  );
}

/** The deleted files. */
export interface VacuumResult {
  readonly files: number;
  readonly bytes: number;
}

/** Deletes files that commits removed from the table before an instant. */
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

/** Deletes data files that are not in the log and were not modified since an instant. */
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

/** A path that another writer put into the log may lead anywhere; pipe deletes only files in the table's folder. */
function isInsideTable(path: string): boolean {
  return !path.startsWith('/') && !/^[a-z0-9+.-]+:/i.test(path) && !path.split('/').includes('..');
}

/** Every Parquet file below a folder, relative to the table; names that begin with `_` or `.` are not data. */
export function listDataFiles(table: string, folder: string): Promise<readonly string[]> {
  return listTableFiles(table, folder, '.parquet');
}

/** Every file below a folder whose name ends in this way, relative to the table, except names that begin with `_` or `.`. */
export async function listTableFiles(table: string, folder: string, ending: string): Promise<readonly string[]> {
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
    if (entry.isDirectory()) paths.push(...(await listTableFiles(table, path, ending)));
    else if (entry.isFile() && entry.name.endsWith(ending)) paths.push(path);
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

/** Deletes the staging folders of dead writers: those not modified since an instant, except the caller's own. */
export async function vacuumStaging(staging: string, ownFolder: string, before: Instant): Promise<void> {
  for (const name of await listFolder(staging)) {
    if (name === ownFolder) continue;
    const found = await statIfPresent(join(staging, name));
    if (found !== null && found.mtimeMs < before) await rm(join(staging, name), { recursive: true, force: true });
  }
}
