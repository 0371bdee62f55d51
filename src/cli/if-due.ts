import { parseDuration } from '../core/duration.js';
import { isoInstant, minute } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';
import { listRuns } from '../lineage/read-runs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { timetableOf } from '../serve/timetable.js';
import { calendarNamed } from './calendars.js';
import { exitCode } from './exit-code.js';
import { inLineage } from './lineage-folder.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

/** How long after its due time a run that the system starts may still begin. */
const patience: Duration = 10 * minute;

/** Why a pipeline is not to be run now. */
export interface NotDue {
  readonly words: string;
  /** The same for scripts, with the keys of a run. */
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * For whoever starts a pipeline more often than it is due: null when one of its due times, jitter left out, has passed within
 * the patience that was given and no run has begun since.
 */
export async function notDue(
  { name, file, schedule }: Pick<Pipeline, 'name' | 'file' | 'schedule'>,
  flag: string | true,
  at: Surroundings,
): Promise<NotDue | null> {
  if (schedule === null)
    throw new Stop(
      exitCode.usage,
      `${file} has no schedule`,
      'leave out --if-due, or add `schedule: { cron: 30 18 * * 1-5 }`',
    );
  const timetable = timetableOf({ schedule: { ...schedule, jitter: 0 }, name, calendar: calendarNamed });
  const now = at.clock.now();
  const next = timetable.next(now);
  const not = (why: string): NotDue => ({
    words: `${name} is not due: ${why}${next === null ? '' : `, the next due time is ${isoInstant(next)}`}`,
    document: {
      runId: null,
      status: 'not-due',
      requests: 0,
      rows: 0,
      tasks: [],
      next: next === null ? null : isoInstant(next),
    },
  });
  const most = patienceOf(flag);
  const due = [...timetable.due(now - most, now)].filter((one) => timetable.isTimely(one, now)).at(-1);
  if (due === undefined) return not('no due time has just passed');
  const [last] = await inLineage(at.lineageFolder, () =>
    listRuns(at.lineageFolder, { files: diskFiles, limit: 1, pipeline: name, since: due }),
  );
  return last === undefined ? null : not(`a run has begun since ${isoInstant(due)}`);
}

function patienceOf(flag: string | true): Duration {
  if (flag === true) return patience;
  const duration = parseDuration(flag);
  if (duration.ok) return duration.value;
  throw new Stop(exitCode.usage, `--if-due ${flag}: ${duration.error.message}`, duration.error.suggestion);
}
