import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';

import { makeFolder } from '../platform/files/make-folder.js';
import { toLakeError } from '../lake/lake-error.js';
import { isFileError } from '../platform/files/describe-file-error.js';
import { errorCode } from '../platform/error-message.js';
import { exitCode } from './exit-code.js';
import { CliError } from './cli-error.js';

/** Creates the folder of run records, or ends the command before the first request: every run has to be recorded. */
export async function prepareLineageFolder(folder: string): Promise<void> {
  await withLineageFolder(folder, async () => {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  });
}

/** Reads or writes run records; a failure ends the command and names the folder and the reason. */
export async function withLineageFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    const found = await stat(folder).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (found !== null && !found.isDirectory()) {
      throw new CliError(
        exitCode.storage,
        `cannot record runs in ${folder}: it is not a folder`,
        'choose another folder with --lineage',
      );
    }
    return await work();
  } catch (error) {
    if (errorCode(error) === null) throw error;
    const path = isFileError(error) ? (error.path ?? folder) : folder;
    throw new CliError(
      exitCode.storage,
      `cannot read or write run records: ${toLakeError(error, path).message}`,
      'choose another folder with --lineage',
    );
  }
}
