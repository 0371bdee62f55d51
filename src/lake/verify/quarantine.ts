import { errorCode } from '../../platform/error-message.js';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VerifiedFile } from '../api.js';
import { syncFolder } from '../delta/durable-files.js';
import { tableFolder } from '../delta/table-log.js';
import { toLakeError } from '../lake-error.js';

/** What a file that was set aside is called from then on; no reader takes it for data. */
export const quarantineSuffix = '.damaged';

/**
 * Moves damaged files out of the way, beside where they were: the next run finds them missing, takes them out of the table
 * and asks for their windows again. Answers with those that were moved; what is gone already needs nothing.
 */
export async function quarantine(folder: string, files: readonly VerifiedFile[]): Promise<readonly VerifiedFile[]> {
  const moved: VerifiedFile[] = [];
  const folders = new Set<string>();
  for (const file of files) {
    const path = join(tableFolder(folder, file.dataset), file.path);
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
