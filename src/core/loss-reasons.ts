import type { CoveredWindow } from './coverage.js';

/** The beginning of the reason of missing windows whose rows another program deleted from the lake. */
export const deletedByOthers = 'deleted by another engine';

/** The reason of missing windows whose stored rows no commit lists any more. */
export const commitLost = 'the commit with its coverage is lost';

/** The beginning of the reason of windows whose rows violate a quality rule, and are kept apart. */
export const quarantinedRows = 'quarantined: ';

/** Returns whether the rows of a window are in quarantine. */
export function isQuarantined({ reason }: Pick<CoveredWindow, 'reason'>): boolean {
  return reason?.startsWith(quarantinedRows) === true;
}

const rowsLost = 'rows were lost';
const lostPattern = new RegExp(`^${rowsLost} \\((.*?)\\)(?:; |$)`, 's');

/** The reason of a window whose rows were lost, and for which the provider then had none: the loss must not disappear. */
export function keepLoss(answer: string | undefined, loss: string | undefined): string {
  const kept = `${rowsLost} (${findLossReason({ state: 'missing', reason: loss ?? '' }) ?? ''})`;
  return answer === undefined || answer.startsWith(rowsLost) ? kept : `${kept}; ${answer}`;
}

/** The reason for which rows of a window are lost, such as the path of their file; null if none are. */
export function findLossReason({ state, reason = '' }: Pick<CoveredWindow, 'state' | 'reason'>): string | null {
  return lostPattern.exec(reason)?.[1] ?? (state === 'missing' ? reason : null);
}

/** Returns whether rows of a window were in the lake and are lost, whatever the provider has answered since. */
export function isLostWindow(window: Pick<CoveredWindow, 'state' | 'reason'>): boolean {
  return window.state === 'missing' || window.reason?.startsWith(`${rowsLost} (`) === true;
}

/** Returns whether lost rows can still be requested: no answer has established that the provider has none. */
export function isRefetchable(window: Pick<CoveredWindow, 'state' | 'reason'>): boolean {
  return isLostWindow(window) && (window.state === 'missing' || window.state === 'failed');
}

/** Returns whether another program deleted the rows of a window. */
export function isDeletedByOthers({ state, reason }: Pick<CoveredWindow, 'state' | 'reason'>): boolean {
  return state === 'missing' && reason?.startsWith(deletedByOthers) === true;
}
