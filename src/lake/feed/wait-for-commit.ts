import { setTimeout as delay } from 'node:timers/promises';
import { hasCommit } from '../delta/commit-file.js';
import { nextVersion } from '../delta/paths.js';

/**
 * The time between two looks, in milliseconds. One look is one call of the system; notifications of file systems are faster, and
 * absent from network file systems.
 */
const interval = 20;

/** The number of looks after which the current commit is looked up too. */
const looksPerCheck = 50;

/** Waits for the commit after a version; false if the current one is no longer there. */
export async function waitForCommit(table: string, version: number | null, signal: AbortSignal): Promise<boolean> {
  const next = nextVersion(version);
  for (let look = 1; !signal.aborted; look++) {
    if (await hasCommit(table, next)) return true;
    if (version !== null && look % looksPerCheck === 0 && !(await hasCommit(table, version)))
      // The next commit may have come, and the ones before it been removed.
      return hasCommit(table, next);
    await delay(interval, undefined, { signal }).catch(() => undefined);
  }
  return true;
}
