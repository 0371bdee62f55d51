import type { Duration, Instant } from '../core/time.js';
import { isoInstant, minute } from '../core/time.js';
import { plural } from '../core/words.js';
import type { Telling } from '../pipeline/telling.js';
import type { Finding } from './alert-change.js';

/** What a schedule says of a span; `src/serve` has it of every pipeline with one. */
export interface DueTimesOf {
  /** The due times in `(after, until]`, in order. */
  due(after: Instant, until: Instant): Iterable<Instant>;
}

/** Due times that passed without a run. */
export interface MissedRuns {
  readonly count: number;
  readonly first: Instant;
}

/** Enough to say that there were many. */
const mostCounted = 1_000;

/**
 * The due times since the last run began that are longer ago than a run may be late; null when there are none. A pipeline
 * that was never run is expected to since it was first judged; before that nobody had said so, and it has missed nothing.
 */
export function missedRuns(
  schedule: DueTimesOf,
  since: Instant | null,
  now: Instant,
  late: Duration,
): MissedRuns | null {
  if (since === null) return null;
  const missed: Instant[] = [];
  for (const due of schedule.due(since, now - late)) {
    missed.push(due);
    if (missed.length >= mostCounted) break;
  }
  const [first] = missed;
  return first === undefined ? null : { count: missed.length, first };
}

/** How late a run of a pipeline may begin: what its rule says, where it watches for it. */
export function patienceOf({ alerts }: Pick<Telling, 'alerts'>): Duration {
  return alerts?.rules.find(({ on }) => on === 'run_missed')?.olderThan ?? 10 * minute;
}

/** A finding of the rule `run_missed`; a run that has not ended is most likely why, or that nobody ever begins one. */
export function missedFinding(
  pipeline: string,
  { count, first }: MissedRuns,
  { running = null, neverRan = false }: { readonly running?: Instant | null; readonly neverRan?: boolean } = {},
): Finding {
  const times = count >= mostCounted ? `${plural(count, 'due time')} or more` : plural(count, 'due time');
  const never = neverRan ? '; no run of it is on record' : '';
  const because = running === null ? never : `; a run has been going since ${isoInstant(running)}`;
  return { subject: pipeline, words: `${times} without a run, the first at ${isoInstant(first)}${because}` };
}
