import { createHash } from 'node:crypto';
import type { RunId } from '../../core/request.js';

/** The run id of a step in OpenLineage: a UUID of version 5, derived from run and step. */
export function stepRunId(runId: RunId, step: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(runId.replaceAll('-', ''), 'hex'))
    .update(step, 'utf8')
    .digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
