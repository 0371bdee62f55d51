import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

import { errorCode } from '../platform/error-message.js';
import { describeFileError, isFileError, suggestFileRemedy } from '../platform/files/describe-file-error.js';
import { replaceFile } from '../platform/replace-file.js';
import { CliError } from './cli-error.js';
import type { Folders } from './context.js';
import { exitCode } from './exit-code.js';
import { requireLocalPath } from './local-path.js';

/** Replaces the file that an option names; a path that cannot be written ends the command. */
export async function writeOutputFile(option: string, path: string, text: string, folders: Folders): Promise<void> {
  await requireOutputPath(option, path, folders);
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw toOutputError(option, path, error);
  }
}

/** Returns the path of an output; one in the lake or among the run records ends the command: it would replace what they hold. */
export async function requireOutputPath(option: string, path: string, folders: Folders): Promise<string> {
  requireLocalPath(option, path);
  const absolute = resolve(path);
  // A link as the last part: the link may be replaced, or the file that it leads to.
  const places = [await findRealPath(absolute), join(await findRealPath(dirname(absolute)), basename(absolute))];
  for (const folder of [folders.dataFolder, folders.lineageFolder]) {
    const real = await findRealPath(resolve(folder));
    if (!places.some((place) => `${place}${sep}`.startsWith(real.endsWith(sep) ? real : `${real}${sep}`))) continue;
    throw new CliError(
      exitCode.usage,
      `${option} ${path} is within ${folder}`,
      'name a file outside of the lake and its records',
    );
  }
  return path;
}

/** The path without links; of a path that does not exist yet, with those of its first parent that does. */
async function findRealPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await findRealPath(parent), basename(path));
  }
}

/** What the disk, its permissions or the machine refuse. */
const storageCodes: readonly (string | null)[] = [
  ...['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM'],
  ...['EACCES', 'EPERM', 'EROFS'],
];

/** The error of a file that an option names: the path is wrong, unless the disk, its permissions or the machine are the problem. */
export function toOutputError(option: string, path: string, error: unknown): unknown {
  if (!isFileError(error)) return error;
  const code = storageCodes.includes(errorCode(error)) ? exitCode.storage : exitCode.usage;
  return new CliError(
    code,
    `${option}: cannot write ${path}: ${describeFileError(error)}`,
    suggestFileRemedy(error.code),
  );
}
