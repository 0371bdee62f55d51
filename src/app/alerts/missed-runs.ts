import type { Duration, Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { FileStore } from '../../platform/file-store.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import type { RecordedRun } from '../../lineage/records/read-runs.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { getScheduleZone } from '../../scheduler/schedule/schedule-zone.js';
import { createAlertStore } from '../../outputs/alerts/alert-store.js';
import { findMissedRuns, getMissedRunTolerance } from '../../outputs/alerts/missed-runs.js';
import type { DueTimes, MissedRuns } from '../../outputs/alerts/missed-runs.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { withLineageFolder } from '../lineage-folder.js';
import type { AppContext, Folders } from '../context.js';

/** Enough to include the last run of nearly every pipeline. */
const maxRuns = 1_000;

/** The latest runs of all pipelines, newest first. */
export function readLatestRuns({ lineageFolder }: Pick<Folders, 'lineageFolder'>): Promise<readonly RecordedRun[]> {
  return withLineageFolder(lineageFolder, () => listRuns(lineageFolder, { files: nodeFiles, limit: maxRuns }));
}

/** The start of a pipeline's last run; null when no run of it is recorded. */
export async function readLastStart(
  { name }: Pick<Pipeline, 'name'>,
  { lineageFolder }: Pick<Folders, 'lineageFolder'>,
  files: FileStore = nodeFiles,
): Promise<Instant | null> {
  const [last] = await withLineageFolder(lineageFolder, () =>
    listRuns(lineageFolder, { files, limit: 1, pipeline: name }),
  );
  return last?.startedAt ?? null;
}

/** The due times of a pipeline; null when it has no schedule. */
export function getDueTimes({ name, schedule }: Pick<Pipeline, 'name' | 'schedule'>): DueTimes | null {
  if (schedule === null) return null;
  const dueTimes = createDueTimes({ schedule, name, calendar: getCalendarOrExit });
  return { ...dueTimes, timeZone: getScheduleZone(schedule, getCalendarOrExit) };
}

/**
 * The due times that passed more than `grace` ago without a run since: after the last run or, without one, after the first
 * evaluation of the pipeline's alerts. Null when there are none, or no schedule.
 */
export async function findPipelineMissedRuns(
  pipeline: Pick<Pipeline, 'name' | 'schedule'>,
  grace: Duration,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<MissedRuns | null> {
  const schedule = getDueTimes(pipeline);
  if (schedule === null) return null;
  const since =
    (await readLastStart(pipeline, ctx)) ??
    (await createAlertStore(ctx.dataFolder, nodeFiles).evaluatedSince(pipeline.name));
  return findMissedRuns(schedule, since, ctx.clock.now(), grace);
}

/** A run of a pipeline counts as missed when it starts later than this after its due time. */
export function getGrace({ notifications }: Pick<Pipeline, 'notifications'>): Duration {
  return getMissedRunTolerance(notifications);
}
