import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { requireFile } from '../../platform/files/not-a-file.js';
import { readFlags } from '../../platform/files/read-file.js';
import type { LiveFile } from '../delta/actions.js';
import { LakeError, toLakeError } from '../lake-error.js';

/** The size of a file and the CRC-32 of its bytes, in hexadecimal. */
export interface Checksum {
  readonly size: number;
  readonly crc32: string;
}

export const blockSize = 1 << 20;

/** Reads a whole file; a caller that reads many files passes a buffer to reuse. `onBytes` gets its bytes in order. */
export async function computeChecksum(
  file: FileHandle,
  block = Buffer.allocUnsafe(blockSize),
  onBytes?: (bytes: Uint8Array) => void,
): Promise<Checksum> {
  let size = 0;
  let hash = 0;
  for (;;) {
    const { bytesRead } = await file.read(block, 0, block.length, size);
    if (bytesRead === 0) return { size, crc32: hash.toString(16).padStart(8, '0') };
    hash = crc32(block.subarray(0, bytesRead), hash);
    onBytes?.(block.subarray(0, bytesRead));
    size += bytesRead;
  }
}

export async function readChecksum(path: string, block?: Buffer<ArrayBuffer>): Promise<Checksum> {
  const file = await open(path, readFlags);
  try {
    requireFile(path, await file.stat());
    return await computeChecksum(file, block);
  } finally {
    await file.close();
  }
}

/**
 * Throws if a file differs from what was written. Must be called before its rows go into another file: a reader of Parquet seldom
 * notices a flipped bit, and the checksum of the new file would confirm the damage.
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
  const hint = 'quarantine the file with `pipe check --repair`; then run again, and with --missing for older windows';
  throw new LakeError('malformed', path, `${path}: the file differs from what was written`, hint);
}
