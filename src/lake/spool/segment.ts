import { readFile } from 'node:fs/promises';
import type { FetchResult } from '../../core/fetch-result.js';
import { LakeError, toLakeError, malformedError } from '../lake-error.js';
import { parseFetchResult } from './parse-fetch-result.js';
import { recordMagic, readRecordOffsets } from './record.js';
import type { RecordOffsets } from './record.js';

/** What could be read of one segment, and what could not. */
export interface SegmentContent {
  readonly results: readonly FetchResult[];
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
    throw toLakeError(error, path);
  }
  return parseSegment(content, path);
}

/** The same for bytes that have been read. */
export function parseSegment(content: Buffer, path: string): SegmentContent {
  const results: FetchResult[] = [];
  const damage: SegmentDamage[] = [];
  let offset = 0;
  while (offset < content.length) {
    const offsets = readRecordOffsets(content, offset);
    if (offsets === null) {
      const next = findNextRecord(content, offset + 1);
      if (next === null) return { results, tornBytes: content.length - offset, damage };
      damage.push({ path, offset, bytes: next - offset, problem: 'checksum does not match' });
      offset = next;
      continue;
    }
    try {
      results.push(parseRecord(content, offsets, `${path}@${offset}`));
    } catch (error) {
      if (!(error instanceof LakeError)) throw error;
      damage.push({ path, offset, bytes: offsets.end - offset, problem: error.message });
    }
    offset = offsets.end;
  }
  return { results, tornBytes: 0, damage };
}

/** Where the next whole record begins; null when there is none. */
function findNextRecord(content: Buffer, from: number): number | null {
  for (
    let offset = content.indexOf(recordMagic, from);
    offset !== -1;
    offset = content.indexOf(recordMagic, offset + 1)
  ) {
    if (readRecordOffsets(content, offset) !== null) return offset;
  }
  return null;
}

function parseRecord(content: Buffer, { header, body, end }: RecordOffsets, location: string): FetchResult {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString('utf8', header, body));
  } catch {
    throw malformedError(location, 'the header is no JSON');
  }
  // Copied, because doubles must lie at a multiple of eight, and so that one delivery does not hold a whole segment.
  const numbers = new Float64Array((end - body) / 8);
  new Uint8Array(numbers.buffer).set(content.subarray(body, end));
  return parseFetchResult(parsed, numbers, location);
}
