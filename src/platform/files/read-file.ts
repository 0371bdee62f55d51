import { closeSync, constants, fstatSync, openSync, readFileSync as readDescriptor } from 'node:fs';
import { open } from 'node:fs/promises';

import { errorCode } from '../error-message.js';
import { NotAFileError, requireFile } from './not-a-file.js';

/**
 * Opening a pipe without a writer waits for one, and some files of /proc wait for content: neither may hold a thread of this
 * process. For other files the flag has no effect.
 */
export const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Reads a file, as `readFile` of `node:fs/promises` does; rejects for pipes, sockets and devices. */
export async function readFile(path: string): Promise<Buffer>;
export async function readFile(path: string, encoding: 'utf8'): Promise<string>;
export async function readFile(path: string, encoding?: 'utf8'): Promise<Buffer | string> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    throw explainOpenError(path, error);
  });
  try {
    requireFile(path, await file.stat());
    return encoding === undefined ? await file.readFile() : await file.readFile(encoding);
  } finally {
    await file.close();
  }
}

/** Reads a file synchronously; throws for pipes, sockets and devices. */
export function readFileSync(path: string): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, readFlags);
  } catch (error) {
    throw explainOpenError(path, error);
  }
  try {
    requireFile(path, fstatSync(descriptor));
    return readDescriptor(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A socket, or a device without a driver, cannot even be opened. */
export function explainOpenError(path: string, error: unknown): unknown {
  return errorCode(error) === 'ENXIO' ? new NotAFileError(path, 'a socket or a device') : error;
}
