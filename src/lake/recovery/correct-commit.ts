import { commitChecksum, sealedPrefixLength, sealStart } from '../delta/commit-file.js';

const sealLength = 8;
const sealEnd = '",';

/**
 * Restores a sealed commit with one flipped bit: a checksum of 32 bits identifies it. Null if more than one bit differs.
 * Of the commits with more damage, fewer than one in ten thousand passes for one with a flipped bit.
 */
export function correctCommit(content: Buffer, table: string, version: number): Buffer | null {
  const corrected = correctPrefix(content);
  if (corrected === null) return null;
  const rest = corrected.subarray(sealedPrefixLength);
  const written = corrected.toString('latin1', sealStart.length, sealStart.length + sealLength);
  const computed = commitChecksum(table, version, rest);
  if (written === computed) return isLog(corrected) ? corrected : null;
  if (countDifferentBits(Buffer.from(written, 'latin1'), Buffer.from(computed, 'latin1')) === 1) {
    corrected.write(computed, sealStart.length, 'latin1');
    return isLog(corrected) ? corrected : null;
  }
  if (!/^[0-9a-f]{8}$/.test(written)) return null;
  const flipped = findFlippedBit(rest, (parseInt(written, 16) ^ parseInt(computed, 16)) >>> 0);
  if (flipped === null) return null;
  rest[flipped.byte] = (rest[flipped.byte] ?? 0) ^ (1 << flipped.bit);
  return isLog(corrected) ? corrected : null;
}

/** A copy with the fixed text around the seal as it was written; null if more than one bit of it differs. */
function correctPrefix(content: Buffer): Buffer | null {
  if (content.length <= sealedPrefixLength) return null;
  const copy = Buffer.from(content);
  copy.write(sealStart, 0, 'latin1');
  copy.write(sealEnd, sealStart.length + sealLength, 'latin1');
  const differences = countDifferentBits(content.subarray(0, sealedPrefixLength), copy.subarray(0, sealedPrefixLength));
  return differences <= 1 ? copy : null;
}

function countDifferentBits(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (const [index, byte] of a.entries()) {
    for (let rest = byte ^ (b[index] ?? 0); rest !== 0; rest &= rest - 1) count++;
  }
  return count;
}

/** The bit whose flip changes the checksum by `difference`. */
function findFlippedBit(bytes: Buffer, difference: number): { readonly byte: number; readonly bit: number } | null {
  // The change that each bit of the last byte makes; every byte further to the front has passed one more step.
  const changes = Array.from({ length: 8 }, (_, bit) => crcTable[1 << bit] ?? 0);
  for (let byte = bytes.length - 1; byte >= 0; byte--) {
    for (let bit = 0; bit < 8; bit++) {
      const change = changes[bit] ?? 0;
      if (change === difference) return { byte, bit };
      changes[bit] = ((crcTable[change & 0xff] ?? 0) ^ (change >>> 8)) >>> 0;
    }
  }
  return null;
}

/** The table of CRC-32 (IEEE 802.3, reflected). */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function isLog(content: Buffer): boolean {
  try {
    for (const line of content.toString('utf8').split('\n')) if (line.trim() !== '') JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
