import { formatDuration } from '../core/time/duration.js';
import { commitLost, deletedByOthers, quarantinedRows } from '../core/loss-reasons.js';
import { assertNever } from '../core/result.js';
import { toUtcDate } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';
import type { Gap, GapReason } from './plan.js';

/** Describes a reason: `never requested`, `failed when requested on 2026-11-19`, `file missing`, `chain older than 1d`. */
export function describeReason(reason: GapReason): string {
  switch (reason.kind) {
    case 'never-requested':
      return 'never requested';
    case 'inputs-changed':
      return `newer ${reason.subject}`;
    case 'forced':
      return 'forced';
    case 'too-old':
      return `${reason.subject} older than ${formatDuration(reason.refresh)}`;
    case 'incomplete':
      return `incomplete ${reason.subject} ${describeRequest(reason.lastRequestedAt)}`;
    case 'requested-before':
      switch (reason.state) {
        case 'missing':
          return describeLoss(reason.reason ?? '');
        case 'provisional':
          return 'provisional';
        case 'rescaled':
          return `rescaled by a ${reason.reason ?? 'corporate action'}`;
        case 'failed':
          return `${reason.emptyAnswers === undefined ? 'failed' : 'no rows'} ${describeRequest(reason.lastRequestedAt)}`;
        case 'empty':
        case 'denied':
        case 'unavailable':
          return `${reason.state} ${describeRequest(reason.lastRequestedAt)}`;
      }
      return assertNever(reason.state);
  }
}

/** The date alone would look like that of a session. */
function describeRequest(at: Instant): string {
  return `when requested on ${toUtcDate(at)}`;
}

export const fileMissing = 'file missing';

/** Names a loss; the reason of a missing file is its path, which says nothing to a reader. */
export function describeLoss(reason: string): string {
  const isKnown = reason.startsWith(deletedByOthers) || reason.startsWith(quarantinedRows) || reason === commitLost;
  return isKnown ? reason : fileMissing;
}

/** Summarizes the reasons of gaps, most frequent first: `never requested (12), failed when requested on 2026-11-19 (1)`. */
export function summarizeReasons(gaps: readonly Gap[]): string {
  const counts = new Map<string, number>();
  for (const gap of gaps) {
    const text = describeReason(gap.reason);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  if (sorted.length === 1) return sorted[0]?.[0] ?? '';
  return sorted.map(([text, count]) => `${text} (${String(count)})`).join(', ');
}
