import { makeFolder } from '../../platform/files/make-folder.js';
import { errorCode } from '../../platform/error-message.js';
import { constants } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toLakeError } from '../lake-error.js';

/** Writes a whole file; it is on the disk, not only in memory, when this resolves. Does not overwrite an existing file. */
export async function writeNewFile(path: string, content: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  try {
    await file.writeFile(content, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable. Systems that cannot open folders do not need it. */
export async function syncFolder(folder: string): Promise<void> {
  let handle;
  try {
    handle = await open(folder, constants.O_RDONLY);
    await handle.sync();
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'EINVAL' && code !== 'EACCES') throw error;
  } finally {
    await handle?.close();
  }
}

/** Creates a folder and its parents durably. */
export async function createFolder(folder: string): Promise<void> {
  const first = await makeFolder(folder);
  if (first === undefined) return;
  for (let created = folder; created.length >= first.length; created = dirname(created))
    await syncFolder(dirname(created));
}

const linkUnsupportedCodes: ReadonlySet<string | null> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EXDEV',
  'EMLINK',
]);

/**
 * Creates a file with its whole content in one step; false if the file exists. The content is written to a temporary file that
 * is then linked, so that readers never see a part of it. On file systems without links the file is created exclusively and
 * then written: only a power cut at that moment leaves a torn file.
 */
export async function putIfAbsent(target: string, content: string, temporary: string): Promise<boolean> {
  try {
    await writeNewFile(temporary, content);
    try {
      await link(temporary, target);
    } catch (error) {
      if (!linkUnsupportedCodes.has(errorCode(error))) throw error;
      await writeNewFile(target, content);
    }
    await syncFolder(dirname(target));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw toLakeError(error, target);
  } finally {
    await rm(temporary, { force: true });
  }
}
