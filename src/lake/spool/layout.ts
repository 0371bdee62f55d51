import { expectList } from '../expect-json.js';
import type { ProcessIdentity } from '../locks/process-identity.js';
import { parseIdentity } from '../locks/process-identity.js';

/*
 * Below `<data>/_spool/`:
 *
 *   <run id>/owner.json       which process writes here, and for which pipeline; its modification time is a sign of life
 *   <run id>/released.json    the same file once that process has let go of what it did not commit
 *   <run id>/000001.spool     records; see record.ts
 *   <run id>~<taker>/         taken over: by whom is part of the name, so that taking over is one atomic rename
 *   .<run id>                 a folder in the making
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

/** The name of a run's folder once a process has taken it over; null lets go of it again. */
export function claimName(runId: string, claimant: ProcessIdentity | null): string {
  // A list, because file names are short.
  const text =
    claimant === null ? '' : JSON.stringify([claimant.pid, claimant.host, claimant.space, claimant.startedAt]);
  return `${runId}${claimMarker}${Buffer.from(text).toString('base64url')}`;
}

/** Who took a folder over: a process, nobody any more (`free`), or nobody yet (null). */
export function claimOwner(name: string): ProcessIdentity | 'free' | null {
  const markerIndex = name.indexOf(claimMarker);
  if (markerIndex === -1) return null;
  try {
    const text = Buffer.from(name.slice(markerIndex + 1), 'base64url').toString('utf8');
    const [pid, host, space, startedAt] = expectList(JSON.parse(text), name);
    return parseIdentity({ pid, host, space, startedAt }, name);
  } catch {
    return 'free';
  }
}
