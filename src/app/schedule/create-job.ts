import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Pipeline, Schedule } from '../../config/pipeline/pipeline.js';
import { formatDuration } from '../../core/time/duration.js';
import { computeJobTimes } from '../../scheduler/system/job-times.js';
import type { ScheduledJob } from '../../scheduler/system/scheduled-job.js';
import { formatJson } from '../../platform/text/escape.js';
import { CliError } from '../cli-error.js';
import type { AppContext, Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { allowsOutside } from '../pipeline/project-folder.js';
import { scriptPath } from '../this-program.js';
import type { JobBackend } from './job-backend.js';

/** What to install. */
export interface JobRequest {
  readonly pipeline: Pipeline;
  readonly schedule: Schedule;
  /** The schedule in words, for a reader of the job. */
  readonly description: string;
  readonly environmentFile: string | null;
}

/** The absolute path of a file of variables; a file that does not exist ends the command. */
export function resolveEnvironmentFile(file: string): string {
  if (existsSync(file)) return resolve(file);
  throw new CliError(exitCode.usage, `no such file: ${file}`, 'create it with one NAME=value per line');
}

/** The job that runs a pipeline on its schedule; a schedule that the backend does not support ends the command. */
export function createJob(
  { pipeline: { name, file }, schedule, description, environmentFile }: JobRequest,
  { name: backend, systemTimeZone }: JobBackend,
  ctx: Folders & Pick<AppContext, 'clock' | 'environment'>,
): ScheduledJob {
  const times = computeJobTimes({ schedule, calendar: getCalendarOrExit, systemTimeZone, now: ctx.clock.now() });
  if (!times.ok) throw new CliError(exitCode.usage, `${backend}: ${times.error}`, `run it with: pipe serve ${file}`);
  const { isSuperset } = times.value;
  const path = resolve(file);
  const script = resolve(scriptPath());
  const outsideOption = allowsOutside(ctx.environment) ? ['--allow-outside'] : [];
  const folderOptions = ['--data', ctx.dataFolder, '--lineage', ctx.lineageFolder, ...outsideOption];
  const dueOption = isSuperset ? ['--if-due'] : [];
  const job = {
    pipeline: name,
    file: path,
    schedule: description,
    times: times.value,
    // --if-due accepts a start only shortly after a due time, so jitter and catching up do not work with it.
    jitter: isSuperset ? 0 : schedule.jitter,
    catchesUp: !isSuperset && schedule.catchUp !== 'none',
    folder: process.cwd(),
    command: [process.execPath, script, 'run', path, ...folderOptions, '--quiet', ...dueOption],
    environmentFile,
  };
  rejectUnsafeNames(job);
  return job;
}

/** The settings of a schedule that the backend does not support. */
export function listUnsupported(
  { jitter, catchUp, maxCycles, overlap }: Schedule,
  job: ScheduledJob,
  { name }: JobBackend,
): readonly string[] {
  const spreads = name === 'systemd' && job.jitter > 0;
  const catchesUp = name === 'systemd' && job.catchesUp;
  return [
    ...(jitter === 0 || spreads ? [] : [`ignores the jitter of ${formatDuration(jitter)}`]),
    ...(catchUp === 'none' || (catchesUp && catchUp === 'last')
      ? []
      : [catchesUp ? 'catches up with one run, not all' : 'does not catch up after the machine was off']),
    ...(overlap === 'skip' ? [] : ['skips what is due during a run']),
    ...(maxCycles === null ? [] : ['ignores max_cycles']),
  ];
}

/** Neither a crontab nor a unit can hold line breaks and other control characters; a backslash at its end continues a line. */
function rejectUnsafeNames({ pipeline, folder, command, environmentFile }: ScheduledJob): void {
  const invalid = [pipeline, folder, ...command, ...(environmentFile === null ? [] : [environmentFile])].find((text) =>
    /\p{Cc}|\\$/u.test(text),
  );
  if (invalid === undefined) return;
  const problem = invalid.endsWith('\\') ? 'a backslash at its end' : 'a control character';
  throw new CliError(exitCode.usage, `cannot install a name with ${problem}: ${formatJson(invalid)}`, 'rename it');
}
