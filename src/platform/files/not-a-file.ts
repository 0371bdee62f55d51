import type { Stats } from 'node:fs';

/** A pipe, a socket or a device in the place of a file. Reading or writing it may wait for another process for ever. */
export class NotAFileError extends Error {
  override readonly name = 'NotAFileError';
  /** As systems that know this error name it. */
  readonly code = 'EFTYPE';

  constructor(
    readonly path: string,
    readonly found: string,
  ) {
    super(`${found} is not a file`);
  }
}

/** Throws unless the path leads to a file or a folder; operations on folders report it themselves. */
export function requireFile(path: string, stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): void {
  if (stats.isFile() || stats.isDirectory()) return;
  throw new NotAFileError(path, stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device');
}
