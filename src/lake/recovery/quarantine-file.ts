import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../platform/error-message.js';
import { syncFolder } from '../delta/durable-files.js';
import { toLakeError } from '../lake-error.js';
import { quarantineSuffix } from '../verify/quarantine.js';

/** Renames a damaged file; readers do not take its new name for a part of the table. */
export async function quarantineFile(path: string): Promise<void> {
  try {
    await rename(path, path + quarantineSuffix);
    await syncFolder(dirname(path));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw toLakeError(error, path);
  }
}
