import { stat } from 'node:fs/promises';

import type { LakeReader } from '../lake/api.js';
import { openLakeReader } from '../lake/reader/lake-reader.js';
import { isNotFound } from '../platform/error-message.js';
import { CliError } from './cli-error.js';
import type { Folders } from './context.js';
import { exitCode } from './exit-code.js';

/** Opens the lake for the duration of some work. */
export async function withLakeReader<T>(
  { dataFolder }: Pick<Folders, 'dataFolder'>,
  work: (reader: LakeReader) => Promise<T>,
): Promise<T> {
  await requireLakeFolder(dataFolder);
  const reader = await openLakeReader(dataFolder);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

/** A file in the place of the lake ends the command: as a lake, it would be one with every table damaged. */
async function requireLakeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (found === null || found.isDirectory()) return;
  throw new CliError(exitCode.storage, `${folder} is not a folder`, 'choose the folder of a lake with --data');
}
