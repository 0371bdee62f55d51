import type { Duration, Instant } from '../../core/time/time.js';
import { minute } from '../../core/time/time.js';
import { formatDueTime, formatTime } from '../../core/time/zoned-time.js';
import { pluralize } from '../../platform/format.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import type { NotificationSettings } from '../../config/pipeline/notifications/notifications.js';
import type { AlertFinding } from './alert-change.js';

/** The scheduled times of a pipeline. */
export interface DueTimes {
  /** The due times in `(after, until]`, in order. */
  due(after: Instant, until: Instant): Iterable<Instant>;
  /** The zone of the schedule; null or absent for an interval without market hours. */
  readonly timeZone?: string | null;
}

/** Scheduled times at which no run started. */
export interface MissedRuns {
  readonly count: number;
  readonly first: Instant;
  /** The zone of the schedule. */
  readonly timeZone?: string | null;
}

/** Counting stops here. */
const maxMissedRuns = 1_000;

/**
 * Finds the scheduled times after `since` that are older than `tolerance`; null if there are none. `since` is the start of the
 * last run, or the first evaluation of a pipeline that never ran; with null nothing was missed.
 */
export function findMissedRuns(
  schedule: DueTimes,
  since: Instant | null,
  now: Instant,
  tolerance: Duration,
): MissedRuns | null {
  if (since === null) return null;
  const missed: Instant[] = [];
  for (const due of schedule.due(since, now - tolerance)) {
    missed.push(due);
    if (missed.length >= maxMissedRuns) break;
  }
  const [first] = missed;
  return first === undefined
    ? null
    : { count: missed.length, first, ...omitUndefined({ timeZone: schedule.timeZone }) };
}

/**
 * Returns the delay with which a run may start: `max_age` of the rule `run_missed`, or 10 minutes without such a rule.
 */
export function getMissedRunTolerance({ alerts }: Pick<NotificationSettings, 'alerts'>): Duration {
  return alerts?.rules.find(({ on }) => on === 'run_missed')?.maxAge ?? 10 * minute;
}

/** Creates a finding of the rule `run_missed`; names a run that is still running, which is the likely cause. */
export function toMissedRunFinding(
  pipeline: string,
  { count, first, timeZone }: MissedRuns,
  { running = null, neverRan = false }: { readonly running?: Instant | null; readonly neverRan?: boolean } = {},
): AlertFinding {
  const runs = pluralize(count, 'scheduled run');
  const atLeast = count >= maxMissedRuns ? 'at least ' : '';
  const neverRanText = neverRan ? '; the pipeline has never run' : '';
  const reason = running === null ? neverRanText : `; a run has been running since ${formatTime(running)}`;
  return {
    subject: pipeline,
    message: `${atLeast}${runs} missed, the first at ${formatDueTime(first, timeZone)}${reason}`,
  };
}
