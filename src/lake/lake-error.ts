import { errorCode, errorMessage } from '../platform/error-message.js';

export type LakeErrorKind =
  | 'no-space'
  | 'read-only'
  | 'no-permission'
  | 'not-found'
  | 'too-many-files'
  | 'malformed'
  | 'newer'
  | 'io'
  /** A past version whose rows are deleted: a mistake of the user, not of the lake. */
  | 'not-kept';

/**
 * A problem of the disk or of the files on it that the user has to solve. Thrown, not returned: no caller can continue without
 * its disk.
 */
export class LakeError extends Error {
  override readonly name = 'LakeError';

  constructor(
    readonly kind: LakeErrorKind,
    /** The file or folder, and for malformed content the location in it. */
    readonly path: string,
    message: string,
    /** The next step for the user. */
    readonly hint: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Returns whether the content of a file is the problem, so that other files can be used nevertheless. */
export function isDamage(error: unknown): error is LakeError {
  return error instanceof LakeError && (error.kind === 'malformed' || error.kind === 'newer' || error.kind === 'io');
}

const errorsByCode: Readonly<Record<string, readonly [LakeErrorKind, string, string]>> = {
  ENOSPC: ['no-space', 'the disk is full', 'free some space or move the lake with --data, then run again'],
  EDQUOT: ['no-space', 'the disk quota is used up', 'free some space or move the lake with --data, then run again'],
  EROFS: [
    'read-only',
    'the file system is read-only',
    'mount the file system writable, or choose another folder with --data',
  ],
  EACCES: [
    'no-permission',
    'permission denied',
    'allow this user to write there, or choose another folder with --data',
  ],
  EPERM: [
    'no-permission',
    'operation not permitted',
    'allow this user to write there, or choose another folder with --data',
  ],
  EISDIR: ['malformed', 'expected a file, found a folder', 'move the folder away, then run again'],
  ENOTDIR: ['malformed', 'expected a folder, found a file', 'move the file away, then run again'],
  EFTYPE: ['malformed', 'expected a file, found a pipe, a socket or a device', 'move it away, then run again'],
  EIO: ['io', 'the disk reports an input/output error', 'check the disk, then run again'],
  ELOOP: ['malformed', 'the symbolic link leads to itself', 'remove the link, then run again'],
  EMFILE: ['too-many-files', 'too many open files', 'raise the limit, such as ulimit -n 4096, then run again'],
  ENFILE: ['too-many-files', 'too many open files on this machine', 'close some programs, then run again'],
  ENOENT: ['not-found', 'no such file or folder', 'check the folder given with --data'],
};

/** Converts the error of a file operation; returns a `LakeError` unchanged. */
export function toLakeError(error: unknown, path: string): LakeError {
  if (error instanceof LakeError) return error;
  const code = errorCode(error);
  const match = code === null ? undefined : errorsByCode[code];
  if (match !== undefined) return new LakeError(match[0], path, `${path}: ${match[1]}`, match[2], error);
  const reason = errorMessage(error);
  return new LakeError('io', path, `${path}: ${reason}`, 'check the disk, then run again', error);
}

/** An error for content that cannot be read, with its location. */
export function malformedError(location: string, problem: string): LakeError {
  return new LakeError(
    'malformed',
    location,
    `${location}: ${problem}`,
    'restore the file from a backup, or move it away',
  );
}
