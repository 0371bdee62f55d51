import { readFile } from '../../platform/files/read-file.js';
import type { FetchResult } from '../../core/fetch-result.js';
import { LakeError, toLakeError, malformedError } from '../lake-error.js';
import { parseFetchResult } from './parse-fetch-result.js';
import { recordMagic, readRecordOffsets } from './record.js';
import type { RecordOffsets } from './record.js';

export interface SegmentContent {
  readonly results: readonly FetchResult[];
  /** The length of a last record that a crash left incomplete; it is ignored. */
  readonly tornBytes: number;
  /** Unreadable ranges before the last whole record: damage of the disk, not the result of a crash. */
  readonly damage: readonly SegmentDamage[];
}

/** A range of a segment that differs from what was written. */
export interface SegmentDamage {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
  readonly problem: string;
}

/** Reads a whole segment and skips damaged ranges. */
export async function readSegment(path: string): Promise<SegmentContent> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    throw toLakeError(error, path);
  }
  return parseSegment(content, path);
}

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

/** The offset of the next whole record; null if there is none. */
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
    throw malformedError(location, 'the header is not JSON');
  }
  // Copied: doubles must be aligned to eight bytes, and one result must not keep a whole segment in memory.
  const numbers = new Float64Array((end - body) / 8);
  new Uint8Array(numbers.buffer).set(content.subarray(body, end));
  return parseFetchResult(parsed, numbers, location);
}
