import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../core/time/time.js';

/*
 * The modification time of a file is its owner's sign of life. It is always the file system's own time, given by writing:
 * clocks of different hosts differ, and `--now` sets ours to another year.
 */

/** Renews the modification time of a small file by writing what is in it. */
export async function touchHeartbeat(path: string): Promise<void> {
  const content = await readFile(path);
  const file = await open(path, 'r+');
  try {
    await file.write(content, 0, content.length, 0);
  } finally {
    await file.close();
  }
}

/** What time it is for the file system that holds a folder. */
export async function readFileSystemTime(folder: string): Promise<Instant> {
  const probe = join(folder, `.time-${process.pid}-${++probeCount}`);
  try {
    await writeFile(probe, ' ');
    return (await stat(probe)).mtimeMs;
  } finally {
    await rm(probe, { force: true });
  }
}

let probeCount = 0;
