import { open, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFile } from '../../platform/files/read-file.js';
import type { Instant } from '../../core/time/time.js';

/*
 * The modification time of a file is the heartbeat of its owner. Writing sets it, so that it is always the file system's own
 * time: clocks of different hosts differ, and `--now` sets this process's clock to another year.
 */

/** Renews the modification time of a small file by writing its content again. */
export async function touchHeartbeat(path: string): Promise<void> {
  const content = await readFile(path);
  const file = await open(path, 'r+');
  try {
    await file.write(content, 0, content.length, 0);
  } finally {
    await file.close();
  }
}

/** The time of the file system that holds a folder. */
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
