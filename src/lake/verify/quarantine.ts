import { errorCode } from '../../platform/error-message.js';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VerifiedFile } from '../api.js';
import { syncFolder } from '../delta/durable-files.js';
import { toLakeError } from '../lake-error.js';

/** The suffix of quarantined files; readers do not take them for data. */
export const quarantineSuffix = '.damaged';

/**
 * Renames damaged files in their folder: the next run finds them missing, removes them from the table and requests their windows
 * again. Returns the renamed files, without those that were missing already.
 */
export async function quarantine(folder: string, files: readonly VerifiedFile[]): Promise<readonly VerifiedFile[]> {
  const moved: VerifiedFile[] = [];
  const folders = new Set<string>();
  for (const file of files) {
    const path = join(folder, file.dataset, file.path);
    try {
      await rename(path, path + quarantineSuffix);
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') continue;
      throw toLakeError(error, path);
    }
    moved.push(file);
    folders.add(dirname(path));
  }
  for (const one of folders) await syncFolder(one);
  return moved;
}
