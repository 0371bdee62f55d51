import { errorCode } from '../../platform/error-message.js';
import { constants } from 'node:fs';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toLakeError } from '../lake-error.js';

/** Writes a whole file that is on the disk, not only in memory, when this resolves. Refuses to overwrite. */
export async function writeNewFile(path: string, content: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  try {
    await file.writeFile(content, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder as durable as the files they stand for. Systems that cannot open folders need not. */
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

/** Makes a folder and its parents, durably. */
export async function createFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
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
 * Gives a file its whole content in one step unless it exists, which answers false. The content is written beside it first
 * and then linked, so that nobody sees half of it; where links are not to be had, it is created exclusively and written,
 * and a torn file is left only by a power cut in that moment.
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
