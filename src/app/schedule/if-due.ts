import { parseDuration } from '../../core/time/duration.js';
import { formatInstant, minute } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { formatDueTime } from '../../core/time/zoned-time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { getScheduleZone } from '../../scheduler/schedule/schedule-zone.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { exitCode } from '../exit-code.js';
import { withLineageFolder } from '../lineage-folder.js';
import { CliError } from '../cli-error.js';
import type { AppContext, Folders } from '../context.js';

/** A run that the operating system starts may begin this long after its due time. */
const defaultTolerance: Duration = 10 * minute;

/** The reason why a pipeline is not due. */
export interface NotDueResult {
  readonly message: string;
  /** The reason as a JSON document, with the keys of the document of a run. */
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * Checks a pipeline that is started more often than it is due. Null when it is due: one of its due times (without jitter)
 * passed within the tolerance, and no run has started since.
 */
export async function checkNotDue(
  { name, file, schedule }: Pick<Pipeline, 'name' | 'file' | 'schedule'>,
  flag: string | true,
  ctx: Pick<Folders, 'lineageFolder'> & Pick<AppContext, 'clock'>,
): Promise<NotDueResult | null> {
  if (schedule === null)
    throw new CliError(
      exitCode.usage,
      `${file} has no schedule`,
      'omit --if-due, or add `schedule: { cron: 30 18 * * 1-5 }`',
    );
  const dueTimes = createDueTimes({ schedule: { ...schedule, jitter: 0 }, name, calendar: getCalendarOrExit });
  const now = ctx.clock.now();
  const next = dueTimes.next(now);
  const zone = getScheduleZone(schedule, getCalendarOrExit);
  const createResult = (reason: string): NotDueResult => ({
    message: `${name} is not due: ${reason}${next === null ? '' : `; next due ${formatDueTime(next, zone)}`}`,
    document: {
      runId: null,
      status: 'not-due',
      requests: 0,
      rows: 0,
      tasks: [],
      next: next === null ? null : formatInstant(next),
    },
  });
  const tolerance = parseTolerance(flag);
  const due = [...dueTimes.due(now - tolerance, now)].filter((one) => dueTimes.isTimely(one, now)).at(-1);
  if (due === undefined) return createResult('no recent due time');
  const [last] = await withLineageFolder(ctx.lineageFolder, () =>
    listRuns(ctx.lineageFolder, { files: nodeFiles, limit: 1, pipeline: name, since: due }),
  );
  return last === undefined ? null : createResult(`a run has started since ${formatDueTime(due, zone)}`);
}

function parseTolerance(flag: string | true): Duration {
  if (flag === true) return defaultTolerance;
  const duration = parseDuration(flag);
  if (duration.ok) return duration.value;
  throw new CliError(exitCode.usage, `--if-due ${flag}: ${duration.error.message}`, duration.error.suggestion);
}
