import { minute } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';
import { listRuns } from '../lineage/read-runs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { timetableOf } from '../serve/timetable.js';
import { missedRuns } from '../tell/missed-run.js';
import type { MissedRuns } from '../tell/missed-run.js';
import { calendarNamed } from './calendars.js';
import { inLineage } from './lineage-folder.js';
import type { Surroundings } from './surroundings.js';

/** How far back the last run of a pipeline is looked for among those of all. */
const mostRuns = 1_000;

/** The due times since a pipeline's last run that are longer ago than `late`; null when there are none, or no schedule. */
export async function missedRunsOf(
  { name, schedule }: Pick<Pipeline, 'name' | 'schedule'>,
  late: Duration,
  at: Surroundings,
): Promise<MissedRuns | null> {
  if (schedule === null) return null;
  const runs = await inLineage(at.lineageFolder, () =>
    listRuns(at.lineageFolder, { files: diskFiles, limit: mostRuns }),
  );
  const last = runs.find(({ pipeline }) => pipeline.name === name);
  const timetable = timetableOf({ schedule, name, calendar: calendarNamed });
  return missedRuns(timetable, last?.startedAt ?? null, at.clock.now(), late);
}

/** How late a run of a pipeline may begin: what its rule says, where it watches for it. */
export function punctual({ telling }: Pick<Pipeline, 'telling'>): Duration {
  return telling.alerts?.rules.find(({ on }) => on === 'run_missed')?.olderThan ?? 10 * minute;
}
