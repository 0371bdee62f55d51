import { crc32 } from 'node:zlib';
import type { Delivery } from '../../core/delivery.js';
import type { Rows } from '../../core/rows.js';

/*
 * One record of a spool segment, always a multiple of eight bytes long and beginning at one:
 *
 *   bytes 0–7     magic
 *   bytes 8–11    length of the header, padding included
 *   bytes 12–15   length of the body
 *   bytes 16–19   crc32 of everything after byte 24, seeded with that of bytes 0–15
 *   bytes 20–23   zero
 *   header        JSON, padded with spaces to a multiple of eight
 *   body          the numeric columns in the header's order, as doubles
 *
 * Numbers are little-endian; a spool is read by the machine (or one like it) that wrote it.
 */

/** Begins every record: no text and no sensible price looks like it, so reading can begin again behind damage. */
export const magic: Uint8Array = Uint8Array.of(0x89, 0x50, 0x53, 0x50, 0x0d, 0x0a, 0x1a, 0x01);

/** Bytes before the header. */
export const prefixLength = 24;

const alignment = 8;

/** Bodies up to this size are copied behind their header: one piece is written faster than a dozen small ones. */
const smallBody = 64 * 1024;

/** A record as the pieces to write: one, or the head and then the columns as they lie in memory. */
export function encodeRecord(delivery: Delivery): { readonly pieces: readonly Uint8Array[]; readonly length: number } {
  const { rows } = delivery;
  const bodies = rows === null ? [] : numericColumns(rows).map((column) => bytesOf(column));
  const bodyLength = bodies.reduce((sum, body) => sum + body.byteLength, 0);
  const copied = bodyLength <= smallBody;
  const header = headerText(delivery);
  const text = Buffer.byteLength(header);
  const headerLength = Math.ceil(text / alignment) * alignment;
  const headLength = prefixLength + headerLength;
  const head = Buffer.allocUnsafe(headLength + (copied ? bodyLength : 0));
  head.set(magic);
  head.writeUInt32LE(headerLength, 8);
  head.writeUInt32LE(bodyLength, 12);
  head.writeUInt32LE(0, 20);
  head.write(header, prefixLength, 'utf8');
  head.fill(0x20, prefixLength + text, headLength);
  if (copied) {
    let offset = headLength;
    for (const body of bodies) {
      head.set(body, offset);
      offset += body.byteLength;
    }
  }
  let checksum = crc32(head.subarray(prefixLength), crc32(head.subarray(0, 16)));
  if (!copied) for (const body of bodies) checksum = crc32(body, checksum);
  head.writeUInt32LE(checksum, 16);
  return { pieces: copied ? [head] : [head, ...bodies], length: headLength + bodyLength };
}

function headerText(delivery: Delivery): string {
  const { rows, ...rest } = delivery;
  if (rows === null) return JSON.stringify({ ...rest, rows: null });
  const numbers: string[] = [];
  const texts: Record<string, unknown> = {};
  for (const [name, column] of Object.entries(rows.columns)) {
    if (column instanceof Float64Array) numbers.push(name);
    else texts[name] = packText(column);
  }
  return JSON.stringify({ ...rest, rows: { dataset: rows.dataset, length: rows.length, numbers, texts } });
}

/** Columns of one value, such as an exchange, shrink to it. */
function packText(column: readonly (string | null)[]): unknown {
  const [first] = column;
  return first !== undefined && column.every((text) => text === first) ? { all: first } : column;
}

function numericColumns(rows: Rows): readonly Float64Array[] {
  return Object.values(rows.columns).filter((column) => column instanceof Float64Array);
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** Where a whole record lies in a segment, or null where none begins. */
export function recordAt(segment: Buffer, offset: number): RecordPlace | null {
  if (offset + prefixLength > segment.length || segment.compare(magic, 0, magic.length, offset, offset + 8) !== 0)
    return null;
  const headerLength = segment.readUInt32LE(offset + 8);
  const bodyLength = segment.readUInt32LE(offset + 12);
  const header = offset + prefixLength;
  const body = header + headerLength;
  const end = body + bodyLength;
  if (headerLength % alignment !== 0 || bodyLength % alignment !== 0 || end > segment.length) return null;
  const checksum = crc32(segment.subarray(header, end), crc32(segment.subarray(offset, offset + 16)));
  return checksum === segment.readUInt32LE(offset + 16) ? { header, body, end } : null;
}

/** Offsets in a segment. */
export interface RecordPlace {
  readonly header: number;
  readonly body: number;
  readonly end: number;
}
