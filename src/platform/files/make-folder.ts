import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { errorCode } from '../error-message.js';

/*
 * Creates one folder after the other. The recursive `mkdir` of Node never ends where a folder cannot be created inside an
 * existing one, such as in /proc.
 */

/** Creates a folder and those above it. Returns the first one that it created; undefined if the folder exists. */
export async function makeFolder(folder: string, mode?: number): Promise<string | undefined> {
  try {
    await mkdir(folder, mode);
    return folder;
  } catch (error) {
    const parent = dirname(folder);
    if (errorCode(error) !== 'ENOENT' || parent === folder) {
      await requireFolder(folder, error);
      return undefined;
    }
    const first = await makeFolder(parent, mode);
    try {
      await mkdir(folder, mode);
      return first ?? folder;
    } catch (failure) {
      // Another process may have created it meanwhile.
      await requireFolder(folder, failure);
      return first;
    }
  }
}

/** Creates a folder and those above it. */
export function makeFolderSync(folder: string, mode?: number): void {
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    const parent = dirname(folder);
    if (errorCode(error) !== 'ENOENT' || parent === folder) {
      if (!isFolder(folder)) throw explainExisting(folder, error);
      return;
    }
    makeFolderSync(parent, mode);
    try {
      mkdirSync(folder, mode);
    } catch (failure) {
      if (!isFolder(folder)) throw explainExisting(folder, failure);
    }
  }
}

async function requireFolder(folder: string, error: unknown): Promise<void> {
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) throw explainExisting(folder, error);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Something else has the name: a file, a pipe, or a link that leads to no folder. */
function explainExisting(folder: string, error: unknown): unknown {
  if (errorCode(error) !== 'EEXIST') return error;
  return Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${folder}'`), { code: 'ENOTDIR', path: folder });
}
