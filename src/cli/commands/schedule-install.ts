import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { Option } from 'commander';
import type { Command } from 'commander';

import { formatDuration } from '../../core/time/duration.js';
import type { Pipeline, Schedule } from '../../config/pipeline/pipeline.js';
import { computeJobTimes } from '../../scheduler/system/job-times.js';
import { computeJobId, shellQuote } from '../../scheduler/system/scheduled-job.js';
import type { ScheduledJob } from '../../scheduler/system/scheduled-job.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import type { JobBackend } from '../../app/schedule/job-backend.js';
import { addBackendOptions } from '../options/backend-options.js';
import { selectBackend } from '../../app/schedule/job-backends.js';
import type { BackendSelection } from '../../app/schedule/job-backends.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { findInstalledJobs } from '../../app/schedule/installed-jobs.js';
import { findPipelineFile } from '../../app/pipeline/find-pipeline-files.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import type { RunAction } from '../run-action.js';
import { rejectListOptions } from '../options/reject-list-options.js';
import { formatSchedule } from '../output/format-schedule.js';
import { toRelativePath } from '../../platform/relative-path.js';
import { CliError } from '../../app/cli-error.js';
import { scriptPath } from '../../app/this-program.js';
import type { CliContext } from '../cli-context.js';

interface Flags extends BackendSelection {
  readonly print?: true;
  readonly environment?: string;
  readonly envFile?: string;
}

/** Adds `install` to `pipe schedule`. */
export function defineScheduleInstall(schedule: Command, run: RunAction): void {
  addBackendOptions(
    schedule
      .command('install')
      .description('Install the schedule of a pipeline in cron or systemd')
      .argument('[pipeline]', 'pipeline file [the only one in pipelines/]'),
  )
    .option('--environment <file>', 'file of NAME=value variables for the scheduled run')
    // Node 20 interprets `--env-file` itself, anywhere on the command line, and ends when the file does not exist.
    .addOption(new Option('--env-file <file>').hideHelp().conflicts('environment'))
    .option('--print', 'print what would be installed, without installing it')
    .action((file: string | undefined, flags: Flags) =>
      run((ctx) => {
        rejectListOptions(schedule, 'install');
        return install(file, flags, ctx);
      }),
    );
}

async function install(file: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const backend = selectBackend(flags, ctx);
  const environmentFile = resolveEnvironmentFile(flags);
  const pipeline = await loadPipelineOrExit(findPipelineFile(file), ctx);
  const { schedule } = pipeline;
  if (schedule === null)
    throw new CliError(exitCode.usage, `${pipeline.file} has no schedule`, 'add `schedule: { cron: 30 18 * * 1-5 }`');
  const job = createJob(pipeline, schedule, environmentFile, backend, ctx);
  rejectLineBreaks(job);
  if (flags.print === true) ctx.print(backend.preview(job));
  else for (const warning of await backend.install(job)) ctx.info(warning);
  const unsupported = listUnsupported(schedule, job, backend);
  if (unsupported.length > 0)
    ctx.error(ctx.stderrStyle('warn', `${backend.name} ${unsupported.join('; ')}; pipe serve supports it`));
  if (flags.print === true) return exitCode.done;
  const uninstallCommand = `pipe schedule uninstall --${backend.name} ${shellQuote(toRelativePath(job.file))}`;
  ctx.info(`installed ${pipeline.name} as ${computeJobId(job)}; remove it with: ${uninstallCommand}`);
  for (const { backend: other, id } of await findInstalledJobs(ctx, { file: job.file })) {
    if (other.name === backend.name) continue;
    ctx.error(
      ctx.stderrStyle(
        'warn',
        `${other.name} runs it too; remove that with: pipe schedule uninstall --${other.name} ${id}`,
      ),
    );
  }
  return exitCode.done;
}

function resolveEnvironmentFile({ environment, envFile }: Flags): string | null {
  const file = environment ?? envFile;
  if (file === undefined) return null;
  if (existsSync(file)) return resolve(file);
  throw new CliError(exitCode.usage, `no such file: ${file}`, 'create it with one NAME=value per line');
}

function createJob(
  { name, file }: Pipeline,
  schedule: Schedule,
  environmentFile: string | null,
  { name: backend, systemTimeZone }: JobBackend,
  ctx: CliContext,
): ScheduledJob {
  const times = computeJobTimes({ schedule, calendar: getCalendarOrExit, systemTimeZone, now: ctx.clock.now() });
  if (!times.ok) throw new CliError(exitCode.usage, `${backend}: ${times.error}`, `run it with: pipe serve ${file}`);
  const { isSuperset } = times.value;
  const path = resolve(file);
  const script = resolve(scriptPath());
  const folderOptions = ['--data', ctx.dataFolder, '--lineage', ctx.lineageFolder];
  const dueOption = isSuperset ? ['--if-due'] : [];
  return {
    pipeline: name,
    file: path,
    schedule: formatSchedule(schedule),
    times: times.value,
    // --if-due accepts a start only shortly after a due time, so jitter and catching up do not work with it.
    jitter: isSuperset ? 0 : schedule.jitter,
    catchesUp: !isSuperset && schedule.catchUp !== 'none',
    folder: process.cwd(),
    command: [process.execPath, script, 'run', path, ...folderOptions, '--quiet', ...dueOption],
    environmentFile,
  };
}

/** The settings of a schedule that the backend does not support. */
function listUnsupported(
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

function rejectLineBreaks({ pipeline, folder, command, environmentFile }: ScheduledJob): void {
  const invalid = [pipeline, folder, ...command, environmentFile ?? ''].find((text) => /[\r\n]/.test(text));
  if (invalid === undefined) return;
  throw new CliError(exitCode.usage, `cannot install a name with a line break: ${JSON.stringify(invalid)}`);
}
