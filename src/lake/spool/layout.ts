import { expectList } from '../expect-json.js';
import type { ProcessIdentity } from '../locks/process-identity.js';
import { parseIdentity } from '../locks/process-identity.js';

/*
 * Below `<data>/_spool/`:
 *
 *   <run id>/owner.json       the process that writes here, and its pipeline; its modification time is the heartbeat
 *   <run id>/released.json    the same file after that process has released what it did not commit
 *   <run id>/000001.spool     records; see record.ts
 *   <run id>~<claimant>/      taken over; the name contains the claimant, so that taking over is one atomic rename
 *   .<run id>                 a folder being created
 */

export const ownerFile = 'owner.json';
export const releasedFile = 'released.json';

const extension = '.spool';
const claimMarker = '~';

export function segmentName(number: number): string {
  return `${String(number).padStart(6, '0')}${extension}`;
}

export function isSegmentName(name: string): boolean {
  return name.endsWith(extension);
}

export function stagingName(runId: string): string {
  return `.${runId}`;
}

export function isStagingName(name: string): boolean {
  return name.startsWith('.');
}

export function parseRunId(name: string): string {
  return name.split(claimMarker, 1)[0] ?? name;
}

/** The name of a run's folder after a process has taken it over; null for a folder that it has released again. */
export function claimName(runId: string, claimant: ProcessIdentity | null): string {
  // A list and not an object: the length of file names is limited.
  const text =
    claimant === null ? '' : JSON.stringify([claimant.pid, claimant.host, claimant.space, claimant.startedAt]);
  return `${runId}${claimMarker}${Buffer.from(text).toString('base64url')}`;
}

/** The process that has taken a folder over; `released` if it has released the folder since, null if none has taken it over. */
export function claimOwner(name: string): ProcessIdentity | 'released' | null {
  const markerIndex = name.indexOf(claimMarker);
  if (markerIndex === -1) return null;
  try {
    const text = Buffer.from(name.slice(markerIndex + 1), 'base64url').toString('utf8');
    const [pid, host, space, startedAt] = expectList(JSON.parse(text), name);
    return parseIdentity({ pid, host, space, startedAt }, name);
  } catch {
    return 'released';
  }
}
