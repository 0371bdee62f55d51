import type { CoveredWindow } from './coverage.js';

/** The beginning of the reason of missing windows whose rows another program deleted from the lake. */
export const deletedByOthers = 'deleted by another engine';

/** The reason of missing windows of which no commit tells any more what was stored. */
export const commitLost = 'the commit with its coverage is lost';

/** Returns whether another program deleted the rows of a window. */
export function isDeletedByOthers({ state, reason }: Pick<CoveredWindow, 'state' | 'reason'>): boolean {
  return state === 'missing' && reason?.startsWith(deletedByOthers) === true;
}
