import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isRecord, isString, listOf, objectOf, parseJson } from '../../platform/json.js';
import { LakeError } from '../lake-error.js';

/*
 * An archived file is a symbolic link in its table's folder to the file in the archive: the log of the table stays as it is, and every
 * reader of the table opens the file through the link. The folder of an archive has a marker: if a link leads nowhere and the
 * marker cannot be found either, the archive is not mounted, and nothing is known to be missing.
 */

export const archiveMarker = 'pipe-archive.json';

/** Throws a `LakeError` if a path is the link to a file of an archive that is not there; for paths that cannot be opened. */
export function expectArchive(path: string): void {
  const target = readLink(path);
  if (target === null || findArchiveRoot(target) !== null) return;
  throw new LakeError(
    'not-found',
    path,
    `the archive of ${path} is not available: ${target} cannot be found`,
    'mount the folder of the archive, then run again; its data is not requested meanwhile',
  );
}

/** The file that a path links to, absolute; null for anything but a link. */
export function readLink(path: string): string | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
      ? resolve(dirname(path), readlinkSync(path))
      : null;
  } catch {
    return null;
  }
}

/** The folder of the archive that a file belongs to; null if it is not there. */
export function findArchiveRoot(file: string): string | null {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      if (statSync(join(folder, archiveMarker), { throwIfNoEntry: false }) !== undefined) return folder;
    } catch {
      // A folder that cannot be read has no marker either.
    }
    if (dirname(folder) === folder) return null;
  }
}

/** The file of a lake that names the folders of its archives. */
export const archivesFile = '_archives.json';

const isArchives = objectOf<{ readonly roots: readonly string[] }>({ roots: listOf(isString) });

/** The folders that a lake has archived to, as far as they are there and name the lake as theirs. */
export function readArchiveRoots(lake: string): readonly string[] {
  const roots = readRegisteredRoots(lake);
  return roots.flatMap((root) => (readArchiveOwner(root) === toRealPath(lake) ? [toRealPath(root)] : []));
}

/** The folders that a lake has archived to, whether they are there or not. */
export function readRegisteredRoots(lake: string): readonly string[] {
  const document = readIfPresent(join(lake, archivesFile));
  return isArchives(document) ? document.roots : [];
}

/** A path without links; of a folder that is not there, as it is written. */
export function toRealPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

/** The lake of an archive; null for a folder that is none. */
export function readArchiveOwner(root: string): string | null {
  const marker = readIfPresent(join(root, archiveMarker));
  return isRecord(marker) && isString(marker['lake']) ? marker['lake'] : null;
}

function readIfPresent(path: string): unknown {
  try {
    return parseJson(readFileSync(path, 'utf8'));
  } catch {
    // A folder that is not mounted has no archive; `expectArchive` says so where its files are needed.
    return null;
  }
}
