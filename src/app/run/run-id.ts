import { randomBytes } from 'node:crypto';

import type { RunId } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';

/** A UUID of version 7 (RFC 9562): its first 48 bits are the time, so that ids sort by the start of their runs. */
export function createRunId(now: Instant): RunId {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
