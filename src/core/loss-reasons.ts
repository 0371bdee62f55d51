import type { CoveredWindow } from './coverage.js';

/** The beginning of the reason of missing windows whose rows another program deleted from the lake. */
export const deletedByOthers = 'deleted by another engine';

/** The reason of missing windows whose stored rows no commit lists any more. */
export const commitLost = 'the commit with its coverage is lost';

/** Returns whether another program deleted the rows of a window. */
export function isDeletedByOthers({ state, reason }: Pick<CoveredWindow, 'state' | 'reason'>): boolean {
  return state === 'missing' && reason?.startsWith(deletedByOthers) === true;
}
