import type { Duration, Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { FileStore } from '../../platform/file-store.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import type { RecordedRun } from '../../lineage/records/read-runs.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { createAlertStore } from '../../outputs/alerts/alert-store.js';
import { findMissedRuns, graceFor } from '../../outputs/alerts/missed-runs.js';
import type { DueTimes, MissedRuns } from '../../outputs/alerts/missed-runs.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { withLineageFolder } from '../lineage-folder.js';
import type { CliContext } from '../cli-context.js';

/** Enough to have the last run of nearly every pipeline among them. */
const maxRuns = 1_000;

/** The latest runs of all pipelines, newest first. */
export function readLatestRuns({ lineageFolder }: CliContext): Promise<readonly RecordedRun[]> {
  return withLineageFolder(lineageFolder, () => listRuns(lineageFolder, { files: nodeFiles, limit: maxRuns }));
}

/** When the last run of a pipeline began, however many of others are newer; null when no run of it is on record. */
export async function readLastStart(
  { name }: Pick<Pipeline, 'name'>,
  { lineageFolder }: CliContext,
  files: FileStore = nodeFiles,
): Promise<Instant | null> {
  const [last] = await withLineageFolder(lineageFolder, () =>
    listRuns(lineageFolder, { files, limit: 1, pipeline: name }),
  );
  return last?.startedAt ?? null;
}

/** When a pipeline is due; null when it has no schedule. */
export function getDueTimes({ name, schedule }: Pick<Pipeline, 'name' | 'schedule'>): DueTimes | null {
  return schedule === null ? null : createDueTimes({ schedule, name, calendar: getCalendarOrExit });
}

/**
 * The due times since a pipeline's last run, or since it was first judged, that are longer ago than `late`; null when there
 * are none, or no schedule.
 */
export async function findPipelineMissedRuns(
  pipeline: Pick<Pipeline, 'name' | 'schedule'>,
  grace: Duration,
  ctx: CliContext,
): Promise<MissedRuns | null> {
  const schedule = getDueTimes(pipeline);
  if (schedule === null) return null;
  const since =
    (await readLastStart(pipeline, ctx)) ??
    (await createAlertStore(ctx.dataFolder, nodeFiles).evaluatedSince(pipeline.name));
  return findMissedRuns(schedule, since, ctx.clock.now(), grace);
}

/** How late a run of a pipeline may begin. */
export function getGrace({ notifications }: Pick<Pipeline, 'notifications'>): Duration {
  return graceFor(notifications);
}
