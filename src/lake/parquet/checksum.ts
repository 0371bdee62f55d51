import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { LiveFile } from '../delta/actions.js';
import { LakeError, lakeErrorOf } from '../lake-error.js';

/** The size of a file and the checksum of its bytes, as the log has it. */
export interface Checksum {
  readonly size: number;
  readonly crc32: string;
}

const blockSize = 1 << 20;

export async function checksumOf(file: FileHandle): Promise<Checksum> {
  const block = Buffer.allocUnsafe(blockSize);
  let size = 0;
  let hash = 0;
  for (;;) {
    const { bytesRead } = await file.read(block, 0, blockSize, size);
    if (bytesRead === 0) return { size, crc32: hash.toString(16).padStart(8, '0') };
    hash = crc32(block.subarray(0, bytesRead), hash);
    size += bytesRead;
  }
}

/**
 * Throws unless a file holds what was written. To be asked before its rows go into another file: a flipped bit in Parquet
 * is seldom an error for its reader, and the new file's checksum would vouch for it.
 */
export async function expectIntact(path: string, { size, tags }: LiveFile): Promise<void> {
  let found: Checksum;
  try {
    const file = await open(path, 'r');
    try {
      found = await checksumOf(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw lakeErrorOf(error, path);
  }
  const written = tags['pipe.crc32'];
  if (found.size === size && (written === undefined || written === found.crc32)) return;
  const remedy = 'Set it aside with `pipe check --repair`; the next run fetches again what it held.';
  throw new LakeError('malformed', path, `${path}: is not what was written`, remedy);
}
