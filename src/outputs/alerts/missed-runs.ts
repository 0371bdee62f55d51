import type { Duration, Instant } from '../../core/time/time.js';
import { formatInstant, minute } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { NotificationSettings } from '../../config/pipeline/notifications/notifications.js';
import type { AlertFinding } from './alert-change.js';

/** What a schedule says of a span; `src/serve` has it of every pipeline with one. */
export interface DueTimes {
  /** The due times in `(after, until]`, in order. */
  due(after: Instant, until: Instant): Iterable<Instant>;
}

/** Due times that passed without a run. */
export interface MissedRuns {
  readonly count: number;
  readonly first: Instant;
}

/** Enough to say that there were many. */
const maxMissedRuns = 1_000;

/**
 * The due times since the last run began that are longer ago than a run may be late; null when there are none. A pipeline
 * that was never run is expected to since it was first judged; before that nobody had said so, and it has missed nothing.
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
  return first === undefined ? null : { count: missed.length, first };
}

/** How late a run of a pipeline may begin: what its rule says, where it watches for it. */
export function graceFor({ alerts }: Pick<NotificationSettings, 'alerts'>): Duration {
  return alerts?.rules.find(({ on }) => on === 'run_missed')?.maxAge ?? 10 * minute;
}

/** A finding of the rule `run_missed`; a run that has not ended is most likely why, or that nobody ever begins one. */
export function toMissedRunFinding(
  pipeline: string,
  { count, first }: MissedRuns,
  { running = null, neverRan = false }: { readonly running?: Instant | null; readonly neverRan?: boolean } = {},
): AlertFinding {
  const times = count >= maxMissedRuns ? `${pluralize(count, 'due time')} or more` : pluralize(count, 'due time');
  const neverRanText = neverRan ? '; no run of it is on record' : '';
  const reason = running === null ? neverRanText : `; a run has been going since ${formatInstant(running)}`;
  return { subject: pipeline, message: `${times} without a run, the first at ${formatInstant(first)}${reason}` };
}
