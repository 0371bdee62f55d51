import type { Duration, Instant } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';
import type { RecordFiles } from '../lineage/files.js';
import { listRuns } from '../lineage/read-runs.js';
import type { RecordedRun } from '../lineage/read-runs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { timetableOf } from '../serve/timetable.js';
import { alertStore } from '../tell/alert-store.js';
import { missedRuns, patienceOf } from '../tell/missed-run.js';
import type { DueTimesOf, MissedRuns } from '../tell/missed-run.js';
import { calendarNamed } from './calendars.js';
import { inLineage } from './lineage-folder.js';
import type { Surroundings } from './surroundings.js';

/** Enough to have the last run of nearly every pipeline among them. */
const mostRuns = 1_000;

/** The latest runs of all pipelines, newest first. */
export function latestRuns({ lineageFolder }: Surroundings): Promise<readonly RecordedRun[]> {
  return inLineage(lineageFolder, () => listRuns(lineageFolder, { files: diskFiles, limit: mostRuns }));
}

/** When the last run of a pipeline began, however many of others are newer; null when no run of it is on record. */
export async function lastStartOf(
  { name }: Pick<Pipeline, 'name'>,
  { lineageFolder }: Surroundings,
  files: RecordFiles = diskFiles,
): Promise<Instant | null> {
  const [last] = await inLineage(lineageFolder, () => listRuns(lineageFolder, { files, limit: 1, pipeline: name }));
  return last?.startedAt ?? null;
}

/** When a pipeline is due; null when it has no schedule. */
export function dueTimesOf({ name, schedule }: Pick<Pipeline, 'name' | 'schedule'>): DueTimesOf | null {
  return schedule === null ? null : timetableOf({ schedule, name, calendar: calendarNamed });
}

/**
 * The due times since a pipeline's last run, or since it was first judged, that are longer ago than `late`; null when there
 * are none, or no schedule.
 */
export async function missedRunsOf(
  pipeline: Pick<Pipeline, 'name' | 'schedule'>,
  late: Duration,
  at: Surroundings,
): Promise<MissedRuns | null> {
  const schedule = dueTimesOf(pipeline);
  if (schedule === null) return null;
  const since =
    (await lastStartOf(pipeline, at)) ?? (await alertStore(at.dataFolder, diskFiles).judgedSince(pipeline.name));
  return missedRuns(schedule, since, at.clock.now(), late);
}

/** How late a run of a pipeline may begin. */
export function punctual({ telling }: Pick<Pipeline, 'telling'>): Duration {
  return patienceOf(telling);
}
