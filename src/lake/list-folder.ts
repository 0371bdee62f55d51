import { readdir } from 'node:fs/promises';
import { errorCode } from '../platform/error-message.js';
import { toLakeError } from './lake-error.js';

/** The names in a folder; none if there is no such folder. A file in its place is an error, unless `fileInPlace` says otherwise. */
export async function listFolder(
  folder: string,
  { fileInPlace = 'fail' }: { readonly fileInPlace?: 'fail' | 'ignore' } = {},
): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || (code === 'ENOTDIR' && fileInPlace === 'ignore')) return [];
    throw toLakeError(error, folder);
  }
}
