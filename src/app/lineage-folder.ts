import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';

import { toLakeError, getErrorCode } from '../lake/lake-error.js';
import { exitCode } from './exit-code.js';
import { CliError } from './cli-error.js';

/** Makes the folder of runs, or ends the command before anything is asked: a run that leaves no trace is not wanted. */
export async function prepareLineageFolder(folder: string): Promise<void> {
  await withLineageFolder(folder, async () => {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  });
}

/** Does something with the record of runs; where that cannot be read or written, the user is told where and why. */
export async function withLineageFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    const found = await stat(folder).catch((error: unknown) => {
      if (getErrorCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (found !== null && !found.isDirectory()) {
      throw new CliError(
        exitCode.storage,
        `${folder} is not a folder; runs are recorded in one`,
        'choose another with --lineage',
      );
    }
    return await work();
  } catch (error) {
    if (getErrorCode(error) === undefined) throw error;
    throw new CliError(
      exitCode.storage,
      `runs cannot be recorded or read: ${toLakeError(error, folder).message}`,
      'choose another folder with --lineage',
    );
  }
}
