import { readdir, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { isNotFound } from '../../platform/error-message.js';
import { createFolder, syncFolder } from '../delta/durable-files.js';
import { LakeError, toLakeError } from '../lake-error.js';
import { copyFile, hashFile } from './create-backup.js';
import { listBackups, objectPath, readManifest } from './manifest.js';
import type { BackedUpFile, BackupManifest } from './manifest.js';

/** A problem of a backup. */
export interface BackupProblem {
  readonly backup: string;
  /** The file of the project; null for the manifest itself. */
  readonly file: string | null;
  readonly detail: string;
}

/** The result of a verification. */
export interface BackupVerification {
  /** Oldest first. */
  readonly backups: readonly {
    readonly id: string;
    readonly createdAt: string | null;
    readonly files: number;
    readonly isGood: boolean;
  }[];
  readonly objects: number;
  readonly bytes: number;
  readonly problems: readonly BackupProblem[];
}

/** Reads every byte of every backup in a folder. */
export async function verifyBackups(folder: string): Promise<BackupVerification> {
  const checked = new Map<string, string | null>();
  const backups: BackupVerification['backups'][number][] = [];
  const problems: BackupProblem[] = [];
  let bytes = 0;
  for (const id of await listBackups(folder)) {
    const before = problems.length;
    let manifest: BackupManifest | null = null;
    try {
      manifest = await readManifest(folder, id);
    } catch (error) {
      if (!(error instanceof LakeError)) throw error;
      problems.push({ backup: id, file: null, detail: error.message });
    }
    for (const file of manifest?.files ?? []) {
      if (!checked.has(file.sha256)) {
        checked.set(file.sha256, await findObjectProblem(folder, file));
        bytes += file.size;
      }
      const detail = checked.get(file.sha256) ?? null;
      if (detail !== null) problems.push({ backup: id, file: `${file.root}/${file.path}`, detail });
    }
    for (const path of manifest?.damaged ?? [])
      problems.push({ backup: id, file: `data/${path}`, detail: 'was missing or damaged when the backup was made' });
    const isGood = problems.length === before;
    backups.push({ id, createdAt: manifest?.createdAt ?? null, files: manifest?.files.length ?? 0, isGood });
  }
  return { backups, objects: checked.size, bytes, problems };
}

async function findObjectProblem(folder: string, { sha256, size }: BackedUpFile): Promise<string | null> {
  try {
    const found = await hashFile(objectPath(folder, sha256));
    if (found.size !== size) return `${String(found.size)} bytes instead of ${String(size)}`;
    return found.sha256 === sha256 ? null : 'its bytes differ from what was written';
  } catch (error) {
    if (isNotFound(error)) return 'its content is missing';
    throw toLakeError(error, folder);
  }
}

export interface RestoreOptions {
  readonly source: string;
  readonly target: string;
  /** Null for the newest. */
  readonly id: string | null;
  /** Distinguishes restorations at the same time. */
  readonly token: string;
  /** Ends the restoration between two files. */
  readonly signal: AbortSignal;
}

/** Why nothing was restored. */
export type RestoreRefusal =
  | { readonly kind: 'no-backup'; readonly ids: readonly string[] }
  /** Also if another restoration into the folder was faster. */
  | { readonly kind: 'not-empty' }
  | { readonly kind: 'interrupted' };

/** Restores a backup into a new folder, which appears only when it is complete and every byte is verified. */
export async function restoreBackup(options: RestoreOptions): Promise<Result<BackupManifest, RestoreRefusal>> {
  const { source, target, id, token, signal } = options;
  const ids = await listBackups(source);
  const chosen = id ?? ids.at(-1);
  if (chosen === undefined || !ids.includes(chosen)) return err({ kind: 'no-backup', ids });
  if (!(await isEmptyOrAbsent(target))) return err({ kind: 'not-empty' });
  const manifest = await readManifest(source, chosen);
  const staging = `${resolve(target)}${stagingInfix}${token}`;
  try {
    await createFolder(staging);
    const folders = new Set<string>();
    for (const file of manifest.files) {
      if (signal.aborted) return err({ kind: 'interrupted' });
      const path = join(staging, file.root, file.path);
      await createFolder(dirname(path));
      folders.add(dirname(path));
      await restoreFile(source, file, path);
    }
    for (const folder of folders) await syncFolder(folder);
    if (!(await moveIntoPlace(staging, target))) return err({ kind: 'not-empty' });
    await syncFolder(dirname(resolve(target)));
    return ok(manifest);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const stagingInfix = '.restoring-';
/** The token behind it is the end of a run id. */
const stagingPattern = /\.restoring-[0-9a-f]{12}$/;

/** The folders beside a target of restorations that are still in progress or were killed. */
export async function listUnfinished(target: string): Promise<readonly string[]> {
  const parent = dirname(resolve(target));
  const names = await readdir(parent).catch(() => []);
  return names.filter((name) => stagingPattern.test(name)).toSorted();
}

/** False if the target has files: of restorations at the same time, the first wins. */
async function moveIntoPlace(staging: string, target: string): Promise<boolean> {
  try {
    await rmdir(target).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    await rename(staging, target);
    return true;
  } catch (error) {
    if (!(await isEmptyOrAbsent(target))) return false;
    throw toLakeError(error, target);
  }
}

const otherBackupHint = 'restore an earlier backup with --backup; pipe backup --verify lists those that are good';

async function restoreFile(
  source: string,
  { sha256, mtimeMs, root, path: name }: BackedUpFile,
  path: string,
): Promise<void> {
  const object = objectPath(source, sha256);
  let copied: string;
  try {
    ({ sha256: copied } = await copyFile(object, path));
  } catch (error) {
    if (!isNotFound(error)) throw toLakeError(error, object);
    throw new LakeError('not-found', object, `${object}: the content of ${root}/${name} is missing`, otherBackupHint);
  }
  if (copied !== sha256)
    throw new LakeError(
      'malformed',
      object,
      `${object}: the content of ${root}/${name} differs from what was written`,
      otherBackupHint,
    );
  await utimes(path, mtimeMs / 1000, mtimeMs / 1000);
}

async function isEmptyOrAbsent(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isDirectory() && (await readdir(target)).length === 0;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw toLakeError(error, target);
  }
}
