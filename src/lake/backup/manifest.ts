import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { isNotFound } from '../../platform/error-message.js';
import { readFile } from '../../platform/files/read-file.js';
import { isRecord, parseJson } from '../../platform/json.js';
import { LakeError, malformedError, toLakeError } from '../lake-error.js';

/*
 * A backup folder:
 *
 *   objects/<2 digits>/<SHA-256>     the content of files, each once
 *   backups/<id>.json                the manifest of a backup: written last, so that a torn backup has none
 *   writing/<name>                   objects and manifests in progress
 */

export const backupFormat = 'pipe-backup/1';

/** The folders of a project that a backup contains. */
export const backupRoots = ['data', 'lineage'] as const;

export type BackupRoot = (typeof backupRoots)[number];

/** A file of a backup. */
export interface BackedUpFile {
  readonly root: BackupRoot;
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** A later backup reads a file again only if this or the size differs. */
  readonly mtimeMs: number;
}

export interface BackupManifest {
  readonly format: typeof backupFormat;
  readonly id: string;
  readonly createdAt: string;
  /** The version of each table. */
  readonly versions: Readonly<Record<string, number>>;
  /** Files of the log that were missing or damaged when the backup was made. */
  readonly damaged: readonly string[];
  readonly files: readonly BackedUpFile[];
}

export function objectPath(folder: string, sha256: string): string {
  return join(folder, 'objects', sha256.slice(0, 2), sha256);
}

export function manifestPath(folder: string, id: string): string {
  return join(folder, 'backups', `${id}.json`);
}

/** The text of a manifest; the first line seals the second. */
export function formatManifest(manifest: BackupManifest): string {
  const text = JSON.stringify(manifest);
  return `${JSON.stringify({ seal: computeSeal(text) })}\n${text}\n`;
}

function computeSeal(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Lists the ids of the backups in a folder, oldest first. */
export async function listBackups(folder: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(join(folder, 'backups'));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw toLakeError(error, folder);
  }
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  const perSecond = new Map<string, number>();
  for (const id of ids) perSecond.set(secondOf(id), (perSecond.get(secondOf(id)) ?? 0) + 1);
  const keys = new Map<string, readonly string[]>();
  // The time in an id has whole seconds, which decide almost always.
  for (const id of ids)
    keys.set(id, [secondOf(id), ...((perSecond.get(secondOf(id)) ?? 0) > 1 ? await readTimes(folder, id) : []), id]);
  return ids.toSorted((a, b) => compareTexts(keys.get(a) ?? [], keys.get(b) ?? []));
}

function secondOf(id: string): string {
  return id.split('-', 1).join('');
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((text, at) => text !== b[at]);
  return index < 0 ? 0 : (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}

/** When a backup was made, also of a torn manifest; then the time of its file, for a clock that stood still. */
async function readTimes(folder: string, id: string): Promise<readonly string[]> {
  const path = manifestPath(folder, id);
  try {
    const { mtimeMs } = await stat(path);
    const createdAt = /"createdAt":"([^"]*)"/.exec((await readFile(path)).toString('latin1'))?.[1] ?? '';
    return [createdAt, mtimeMs.toFixed(3).padStart(20, '0')];
  } catch (error) {
    throw toLakeError(error, path);
  }
}

/** Reads a manifest; rejects with a `LakeError` for one that differs from what was written. */
export async function readManifest(folder: string, id: string): Promise<BackupManifest> {
  const path = manifestPath(folder, id);
  let text: string;
  try {
    text = (await readFile(path)).toString('utf8');
  } catch (error) {
    throw toLakeError(error, path);
  }
  const [first = '', second = '', ...rest] = text.split('\n');
  const head = parseJson(first);
  const manifest = parseJson(second);
  const isSealed = isRecord(head) && head['seal'] === computeSeal(second) && rest.join('') === '';
  if (!isSealed || !isManifest(manifest))
    throw new LakeError(
      'malformed',
      path,
      `${path}: the manifest differs from what was written`,
      'use another backup of the folder; pipe backup --verify lists them',
    );
  if (manifest.files.some(({ path: name }) => name.split('/').includes('..') || name.startsWith('/')))
    throw malformedError(path, 'a file lies outside of its folder');
  return manifest;
}

function isManifest(value: unknown): value is BackupManifest {
  if (!isRecord(value) || value['format'] !== backupFormat || !isRecord(value['versions'])) return false;
  const { id, createdAt, files, damaged } = value;
  return (
    typeof id === 'string' &&
    typeof createdAt === 'string' &&
    Array.isArray(damaged) &&
    Array.isArray(files) &&
    files.every(isBackedUpFile)
  );
}

function isBackedUpFile(value: unknown): value is BackedUpFile {
  if (!isRecord(value)) return false;
  const { root, path, size, sha256, mtimeMs } = value;
  return (
    backupRoots.some((known) => known === root) &&
    typeof path === 'string' &&
    typeof size === 'number' &&
    typeof mtimeMs === 'number' &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}
