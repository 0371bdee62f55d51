import { crc32 } from 'node:zlib';
import type { FetchResult } from '../../core/fetch-result.js';
import type { Rows } from '../../core/tables/rows.js';

/*
 * One record of a spool segment; its offset and its length are multiples of eight bytes:
 *
 *   bytes 0–7     magic
 *   bytes 8–11    length of the header, padding included
 *   bytes 12–15   length of the body
 *   bytes 16–19   crc32 of everything after byte 24, seeded with that of bytes 0–15
 *   bytes 20–23   zero; a record with other bytes here is damaged, although the checksum leaves them out
 *   header        JSON, padded with spaces to a multiple of eight
 *   body          the numeric columns in the header's order, as doubles
 *
 * Numbers are little-endian; the machine that wrote a spool, or one of the same kind, reads it.
 */

/** The start of every record. No text and no plausible price contains it, so that a reader can find the next record after damage. */
export const recordMagic: Uint8Array = Uint8Array.of(0x89, 0x50, 0x53, 0x50, 0x0d, 0x0a, 0x1a, 0x01);

/** Bytes before the header. */
export const prefixLength = 24;

const alignment = 8;

/** Bodies up to this size are copied behind their header: writing one piece is faster than writing a dozen small ones. */
const maxInlineBodyBytes = 64 * 1024;

/** Encodes a record as pieces to write: one piece, or the header and then the columns as they are in memory. */
export function encodeRecord(fetchResult: FetchResult): {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
} {
  const { rows } = fetchResult;
  const bodies = rows === null ? [] : getNumericColumns(rows).map((column) => asBytes(column));
  const bodyLength = bodies.reduce((sum, body) => sum + body.byteLength, 0);
  const isInline = bodyLength <= maxInlineBodyBytes;
  const header = formatHeader(fetchResult);
  const text = Buffer.byteLength(header);
  const headerLength = Math.ceil(text / alignment) * alignment;
  const headLength = prefixLength + headerLength;
  const head = Buffer.allocUnsafe(headLength + (isInline ? bodyLength : 0));
  head.set(recordMagic);
  head.writeUInt32LE(headerLength, 8);
  head.writeUInt32LE(bodyLength, 12);
  head.writeUInt32LE(0, 20);
  head.write(header, prefixLength, 'utf8');
  head.fill(0x20, prefixLength + text, headLength);
  if (isInline) {
    let offset = headLength;
    for (const body of bodies) {
      head.set(body, offset);
      offset += body.byteLength;
    }
  }
  let checksum = crc32(head.subarray(prefixLength), crc32(head.subarray(0, 16)));
  if (!isInline) for (const body of bodies) checksum = crc32(body, checksum);
  head.writeUInt32LE(checksum, 16);
  return { pieces: isInline ? [head] : [head, ...bodies], length: headLength + bodyLength };
}

function formatHeader(fetchResult: FetchResult): string {
  const { rows, ...rest } = fetchResult;
  if (rows === null) return JSON.stringify({ ...rest, rows: null });
  const numbers: string[] = [];
  const texts: Record<string, unknown> = {};
  for (const [name, column] of Object.entries(rows.columns)) {
    if (column instanceof Float64Array) numbers.push(name);
    else texts[name] = packTextColumn(column);
  }
  return JSON.stringify({ ...rest, rows: { dataset: rows.dataset, length: rows.length, numbers, texts } });
}

/** Stores a column of equal values, such as exchanges, as one value. */
function packTextColumn(column: readonly (string | null)[]): unknown {
  const [first] = column;
  return first !== undefined && column.every((text) => text === first) ? { all: first } : column;
}

function getNumericColumns(rows: Rows): readonly Float64Array[] {
  return Object.values(rows.columns).filter((column) => column instanceof Float64Array);
}

function asBytes(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** The offsets of the record at an offset of a segment; null if no whole record begins there. */
export function readRecordOffsets(segment: Buffer, offset: number): RecordOffsets | null {
  if (
    offset + prefixLength > segment.length ||
    segment.compare(recordMagic, 0, recordMagic.length, offset, offset + 8) !== 0
  )
    return null;
  const headerLength = segment.readUInt32LE(offset + 8);
  const bodyLength = segment.readUInt32LE(offset + 12);
  const header = offset + prefixLength;
  const body = header + headerLength;
  const end = body + bodyLength;
  if (headerLength % alignment !== 0 || bodyLength % alignment !== 0 || end > segment.length) return null;
  if (segment.readUInt32LE(offset + 20) !== 0) return null;
  const checksum = crc32(segment.subarray(header, end), crc32(segment.subarray(offset, offset + 16)));
  return checksum === segment.readUInt32LE(offset + 16) ? { header, body, end } : null;
}

/** Offsets in a segment. */
export interface RecordOffsets {
  readonly header: number;
  readonly body: number;
  readonly end: number;
}
