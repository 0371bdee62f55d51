import { formatDuration } from '../core/time/duration.js';
import { assertNever } from '../core/result.js';
import { toUtcDate } from '../core/time/time.js';
import type { Gap, GapReason } from './plan.js';

/** A reason in the words of the user: `never asked`, `failed 2026-11-19`, `file missing`, `chain older than 1d`. */
export function describeReason(reason: GapReason): string {
  switch (reason.kind) {
    case 'never-asked':
      return 'never asked';
    case 'newer':
      return `newer ${reason.subject}`;
    case 'forced':
      return 'forced';
    case 'too-old':
      return `${reason.subject} older than ${formatDuration(reason.refresh)}`;
    case 'asked-before':
      switch (reason.state) {
        case 'missing':
          return 'file missing';
        case 'provisional':
          return 'provisional';
        case 'failed':
        case 'denied':
        case 'lost':
          return `${reason.state} ${toUtcDate(reason.lastRequestedAt)}`;
      }
      return assertNever(reason.state);
  }
}

/** The reasons of many gaps in one line, the most frequent first: `never asked (12), failed 2026-11-19 (1)`. */
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
