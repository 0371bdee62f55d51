import type { Duration, Instant } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';
import { listRuns } from '../lineage/read-runs.js';
import type { RecordedRun } from '../lineage/read-runs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { timetableOf } from '../serve/timetable.js';
import { missedRuns, patienceOf } from '../tell/missed-run.js';
import type { DueTimesOf, MissedRuns } from '../tell/missed-run.js';
import { calendarNamed } from './calendars.js';
import { inLineage } from './lineage-folder.js';
import type { Surroundings } from './surroundings.js';

/** How far back the last run of a pipeline is looked for among those of all. */
const mostRuns = 1_000;

/** The latest runs of all pipelines, newest first. */
export function latestRuns({ lineageFolder }: Surroundings): Promise<readonly RecordedRun[]> {
  return inLineage(lineageFolder, () => listRuns(lineageFolder, { files: diskFiles, limit: mostRuns }));
}

/** When the last run of a pipeline began; null when there was none. */
export async function lastStartOf({ name }: Pick<Pipeline, 'name'>, at: Surroundings): Promise<Instant | null> {
  return (await latestRuns(at)).find(({ pipeline }) => pipeline.name === name)?.startedAt ?? null;
}

/** When a pipeline is due; null when it has no schedule. */
export function dueTimesOf({ name, schedule }: Pick<Pipeline, 'name' | 'schedule'>): DueTimesOf | null {
  return schedule === null ? null : timetableOf({ schedule, name, calendar: calendarNamed });
}

/** The due times since a pipeline's last run that are longer ago than `late`; null when there are none, or no schedule. */
export async function missedRunsOf(
  pipeline: Pick<Pipeline, 'name' | 'schedule'>,
  late: Duration,
  at: Surroundings,
): Promise<MissedRuns | null> {
  const schedule = dueTimesOf(pipeline);
  if (schedule === null) return null;
  return missedRuns(schedule, await lastStartOf(pipeline, at), at.clock.now(), late);
}

/** How late a run of a pipeline may begin. */
export function punctual({ telling }: Pick<Pipeline, 'telling'>): Duration {
  return patienceOf(telling);
}
