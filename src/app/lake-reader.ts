import { stat } from 'node:fs/promises';

import { formatInstant } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';
import type { LakeReader } from '../lake/api.js';
import { existsAt } from '../lake/history/past-tables.js';
import { openLakeReader } from '../lake/reader/lake-reader.js';
import { isNotFound } from '../platform/error-message.js';
import { CliError } from './cli-error.js';
import type { Folders } from './context.js';
import { exitCode } from './exit-code.js';

/** Opens the lake for the duration of some work, as it is or as it was at a moment. */
export async function withLakeReader<T>(
  { dataFolder }: Pick<Folders, 'dataFolder'>,
  work: (reader: LakeReader) => Promise<T>,
  asOf: Instant | null = null,
): Promise<T> {
  await requireLakeFolder(dataFolder);
  if (asOf !== null && !(await existsAt(dataFolder, asOf)))
    throw new CliError(
      exitCode.usage,
      `the lake has no commit as of ${formatInstant(asOf)}`,
      'choose a later moment; pipe query "SELECT min(committed_at) FROM facts" prints the first commit',
    );
  const reader = await openLakeReader(dataFolder, { asOf });
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
