import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

import { isNotFound } from '../error-message.js';
import { requireFile } from './not-a-file.js';
import { explainOpenError } from './read-file.js';

const { O_APPEND, O_CREAT, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;

/** Opens a file to write; rejects for pipes, sockets and devices. Not blocking: a pipe without a reader would wait for one. */
async function openToWrite(path: string, flags: number, mode?: number): Promise<FileHandle> {
  const file = await open(path, O_WRONLY | O_CREAT | O_NONBLOCK | flags, mode).catch((error: unknown) => {
    throw explainOpenError(path, error);
  });
  try {
    requireFile(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Opens a file to replace its content. */
export function openToReplace(path: string, mode?: number): Promise<FileHandle> {
  return openToWrite(path, O_TRUNC, mode);
}

/** Appends to a file, or creates it; rejects for pipes, sockets and devices. */
export async function appendFile(path: string, text: string): Promise<void> {
  const file = await openToWrite(path, O_APPEND);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** Rejects for pipes, sockets and devices: renaming a file to their name would replace them. */
export async function requireReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (found !== null) requireFile(path, found);
}
