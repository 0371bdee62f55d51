import { errorCode } from '../platform/error-message.js';
import { describeFileError, isFileError, suggestFileRemedy } from '../platform/files/describe-file-error.js';
import { replaceFile } from '../platform/replace-file.js';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { requireLocalPath } from './local-path.js';

/** Replaces the file that an option names; a path that cannot be written ends the command. */
export async function writeOutputFile(option: string, path: string, text: string): Promise<void> {
  requireLocalPath(option, path);
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw toOutputError(option, path, error);
  }
}

const diskCodes: readonly (string | null)[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM'];

/** The error of a file that an option names: the path is wrong, unless the disk or the machine is the problem. */
export function toOutputError(option: string, path: string, error: unknown): unknown {
  if (!isFileError(error)) return error;
  const code = diskCodes.includes(errorCode(error)) ? exitCode.storage : exitCode.usage;
  return new CliError(
    code,
    `${option}: cannot write ${path}: ${describeFileError(error)}`,
    suggestFileRemedy(error.code),
  );
}
