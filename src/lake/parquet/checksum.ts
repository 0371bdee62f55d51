import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { LiveFile } from '../delta/actions.js';
import { LakeError, toLakeError } from '../lake-error.js';

/** The size of a file and the checksum of its bytes, as the log has it. */
export interface Checksum {
  readonly size: number;
  readonly crc32: string;
}

/** How much of a file is read at a time. */
export const blockSize = 1 << 20;

/** Reads a file through; whoever reads many may lend the block. */
export async function computeChecksum(file: FileHandle, block = Buffer.allocUnsafe(blockSize)): Promise<Checksum> {
  let size = 0;
  let hash = 0;
  for (;;) {
    const { bytesRead } = await file.read(block, 0, block.length, size);
    if (bytesRead === 0) return { size, crc32: hash.toString(16).padStart(8, '0') };
    hash = crc32(block.subarray(0, bytesRead), hash);
    size += bytesRead;
  }
}

/** The same by path. */
export async function readChecksum(path: string, block?: Buffer<ArrayBuffer>): Promise<Checksum> {
  const file = await open(path, 'r');
  try {
    return await computeChecksum(file, block);
  } finally {
    await file.close();
  }
}

/**
 * Throws unless a file holds what was written. To be asked before its rows go into another file: a flipped bit in Parquet
 * is seldom an error for its reader, and the new file's checksum would vouch for it.
 */
export async function expectIntact(path: string, { size, tags }: LiveFile): Promise<void> {
  let found: Checksum;
  try {
    found = await readChecksum(path);
  } catch (error) {
    throw toLakeError(error, path);
  }
  const expectedCrc32 = tags['pipe.crc32'];
  if (found.size === size && (expectedCrc32 === undefined || expectedCrc32 === found.crc32)) return;
  const hint = 'Set it aside with `pipe check --repair`; the next run fetches again what it held.';
  throw new LakeError('malformed', path, `${path}: is not what was written`, hint);
}
