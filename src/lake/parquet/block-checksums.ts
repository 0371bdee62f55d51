import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { requireFile } from '../../platform/files/not-a-file.js';
import { readFlags } from '../../platform/files/read-file.js';
import type { LiveFile } from '../delta/actions.js';

/** A quarter of a row group of bars: damage takes the row groups of its block with it, the others stay certain. */
export const checksumBlockSize = 1 << 17;

/** The tag of files of several blocks: the CRC-32 of each block, eight hexadecimal digits each. */
export const blocksTag = 'pipe.blocks';

/** Splits bytes that are given in order into blocks, and computes the checksum of each. */
export function createBlockHash(): { update(bytes: Uint8Array): void; finish(): readonly string[] } {
  const blocks: string[] = [];
  let hash = 0;
  let length = 0;
  const endBlock = (): void => {
    blocks.push(hash.toString(16).padStart(8, '0'));
    hash = 0;
    length = 0;
  };
  return {
    update(bytes) {
      for (let from = 0; from < bytes.length;) {
        const to = Math.min(bytes.length, from + checksumBlockSize - length);
        hash = crc32(bytes.subarray(from, to), hash);
        length += to - from;
        from = to;
        if (length === checksumBlockSize) endBlock();
      }
    },
    finish() {
      if (length > 0) endBlock();
      return blocks;
    },
  };
}

/** Knows which bytes of a file are certainly as they were written. */
export interface IntactBytes {
  isIntact(start: number, end: number): boolean;
  readonly size: number;
}

/** Compares a file with the checksums of its blocks; null for a file without such checksums or of another size. */
export async function readIntactBytes(path: string, { size, tags }: LiveFile): Promise<IntactBytes | null> {
  const expected = (tags[blocksTag] ?? '').match(/.{8}/g);
  if (expected?.length !== Math.ceil(size / checksumBlockSize)) return null;
  const file = await open(path, readFlags);
  try {
    const found = await file.stat();
    requireFile(path, found);
    if (found.size !== size) return null;
    const buffer = Buffer.allocUnsafe(checksumBlockSize);
    const damaged = new Set<number>();
    for (const [index, checksum] of expected.entries()) {
      const length = Math.min(checksumBlockSize, size - index * checksumBlockSize);
      const { bytesRead } = await file.read(buffer, 0, length, index * checksumBlockSize);
      const hash = crc32(buffer.subarray(0, bytesRead)).toString(16).padStart(8, '0');
      if (bytesRead !== length || hash !== checksum) damaged.add(index);
    }
    return {
      size,
      isIntact(start, end) {
        for (let index = Math.floor(start / checksumBlockSize); index * checksumBlockSize < end; index++)
          if (damaged.has(index)) return false;
        return true;
      },
    };
  } finally {
    await file.close();
  }
}
