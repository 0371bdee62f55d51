import { readFile } from 'node:fs/promises';
import type { Delivery } from '../../core/delivery.js';
import { LakeError, lakeErrorOf, malformed } from '../lake-error.js';
import { deliveryFrom } from './delivery-from.js';
import { magic, recordAt } from './record.js';
import type { RecordPlace } from './record.js';

/** What could be read of one segment, and what could not. */
export interface SegmentContent {
  readonly deliveries: readonly Delivery[];
  /** The last record was cut off by a crash: this many bytes were dropped. */
  readonly tornBytes: number;
  /** Stretches before the last whole record that cannot be read: damage to the disk, not a crash. */
  readonly damage: readonly SegmentDamage[];
}

/** A stretch of a segment that is not what was written. */
export interface SegmentDamage {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
  readonly problem: string;
}

/** Reads a segment to its end, past whatever is damaged in between. */
export async function readSegment(path: string): Promise<SegmentContent> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    throw lakeErrorOf(error, path);
  }
  return parseSegment(content, path);
}

/** The same for bytes that have been read. */
export function parseSegment(content: Buffer, path: string): SegmentContent {
  const deliveries: Delivery[] = [];
  const damage: SegmentDamage[] = [];
  let offset = 0;
  while (offset < content.length) {
    const place = recordAt(content, offset);
    if (place === null) {
      const next = nextRecord(content, offset + 1);
      if (next === null) return { deliveries, tornBytes: content.length - offset, damage };
      damage.push({ path, offset, bytes: next - offset, problem: 'checksum does not match' });
      offset = next;
      continue;
    }
    try {
      deliveries.push(deliveryAt(content, place, `${path}@${offset}`));
    } catch (error) {
      if (!(error instanceof LakeError)) throw error;
      damage.push({ path, offset, bytes: place.end - offset, problem: error.message });
    }
    offset = place.end;
  }
  return { deliveries, tornBytes: 0, damage };
}

/** Where the next whole record begins; null when there is none. */
function nextRecord(content: Buffer, from: number): number | null {
  for (let offset = content.indexOf(magic, from); offset !== -1; offset = content.indexOf(magic, offset + 1)) {
    if (recordAt(content, offset) !== null) return offset;
  }
  return null;
}

function deliveryAt(content: Buffer, { header, body, end }: RecordPlace, place: string): Delivery {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString('utf8', header, body));
  } catch {
    throw malformed(place, 'the header is no JSON');
  }
  // Copied, because doubles must lie at a multiple of eight, and so that one delivery does not hold a whole segment.
  const numbers = new Float64Array((end - body) / 8);
  new Uint8Array(numbers.buffer).set(content.subarray(body, end));
  return deliveryFrom(parsed, numbers, place);
}
