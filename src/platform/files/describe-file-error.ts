import { errorCode, errorMessage } from '../error-message.js';
import { NotAFileError } from './not-a-file.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'it gives no content without waiting',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an input/output error',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a symbolic link that leads to itself',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files on this machine',
  ENOENT: 'no such file or folder',
  ENOMEM: 'out of memory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'it is a program in use',
};

/** The reason why the system refused a file operation, in words; the system's own words for a rare one. */
export function describeFileError(error: unknown): string {
  if (error instanceof NotAFileError) return `it is ${error.found}, not a file`;
  const code = errorCode(error);
  const reason = code === null ? undefined : reasons[code];
  return reason ?? errorMessage(error);
}

/** An error of a file operation, which the machine or the user has to solve; never a bug of this program. */
export interface FileError extends Error {
  readonly code: string;
  readonly path?: string;
}

/**
 * Returns whether an error comes from a file operation of the system. Errors of connections have a `syscall` too, but no path.
 */
export function isFileError(error: unknown): error is FileError {
  const code = errorCode(error);
  if (code === null || !(error instanceof Error)) return false;
  if (isWorkingFolderError(error)) return true;
  const hasPath = 'path' in error && typeof error.path === 'string';
  return hasPath ? error instanceof NotAFileError || code in reasons || 'syscall' in error : resourceCodes.has(code);
}

/** The working folder was deleted or is on a disk that was removed. */
function isWorkingFolderError(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'uv_cwd';
}

/** Errors that can come without a path: of a descriptor, or before a file is opened. */
const resourceCodes: ReadonlySet<string> = new Set([
  'EDQUOT',
  'EIO',
  'EISDIR',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOSPC',
  'EROFS',
]);

/** Names the file and the reason of a failed operation. */
export function describeFailedOperation(error: FileError): string {
  const reason = describeFileError(error);
  if (isWorkingFolderError(error)) return `cannot use the working folder: ${reason}`;
  return error.path === undefined ? `a file operation failed: ${reason}` : `cannot use ${error.path}: ${reason}`;
}

/** What the user can do about a failed file operation. */
export function suggestFileRemedy(code: string): string {
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return 'raise the limit of open files, such as ulimit -n 4096';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'free some space, then run again';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'correct the permissions, or name another path';
    case 'EIO':
      return 'check the disk, then run again';
    case 'ENOMEM':
      return 'free some memory, then run again';
    default:
      return 'name another path, or change to another folder';
  }
}
