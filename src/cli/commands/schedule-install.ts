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
import { selectBackend, addBackendOptions } from '../../app/schedule/job-backends.js';
import type { BackendFlags } from '../../app/schedule/job-backends.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { findInstalledJobs } from '../../app/schedule/installed-jobs.js';
import { loadPipelineOrExit, findPipelineFile } from '../../app/pipeline/load-pipeline.js';
import type { RunAction } from '../run-action.js';
import { rejectListOptions } from '../options/reject-list-options.js';
import { formatSchedule } from '../output/format-schedule.js';
import { toRelativePath } from '../../platform/relative-path.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags extends BackendFlags {
  readonly print?: true;
  readonly environment?: string;
  readonly envFile?: string;
}

/** Adds `install` to `pipe schedule`. */
export function defineScheduleInstall(schedule: Command, run: RunAction): void {
  addBackendOptions(
    schedule
      .command('install')
      .description('Have the system run a pipeline when it is due, instead of what is installed for its file')
      .argument('[pipeline]', 'a pipeline file; the only one in pipelines/ when left out'),
  )
    .option('--environment <file>', 'NAME=value lines for the run: the system starts it with next to no environment')
    // Node 20 takes an option of that name for itself wherever it stands, and ends when the file is not there.
    .addOption(new Option('--env-file <file>').hideHelp().conflicts('environment'))
    .option('--print', 'only print what would be installed')
    .action((file: string | undefined, flags: Flags) =>
      run((ctx) => {
        rejectListOptions(schedule, 'install');
        return install(file, flags, ctx);
      }),
    );
}

async function install(named: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const backend = selectBackend(flags, ctx);
  const environmentFile = resolveEnvironmentFile(flags);
  const pipeline = await loadPipelineOrExit(findPipelineFile(named), ctx);
  const { schedule } = pipeline;
  if (schedule === null)
    throw new CliError(exitCode.usage, `${pipeline.file} has no schedule`, 'add `schedule: { cron: 30 18 * * 1-5 }`');
  const job = createJob(pipeline, schedule, environmentFile, backend, ctx);
  rejectLineBreaks(job);
  if (flags.print === true) ctx.print(backend.preview(job));
  else await backend.install(job);
  const unsupported = listUnsupported(schedule, job, backend);
  if (unsupported.length > 0)
    ctx.error(ctx.stderrStyle('warn', `${backend.name} ${unsupported.join('; ')}: see pipe serve`));
  if (flags.print === true) return exitCode.done;
  const uninstallCommand = `pipe schedule uninstall --${backend.name} ${shellQuote(toRelativePath(job.file))}`;
  ctx.info(`${pipeline.name} is installed as ${computeJobId(job)}; to take it out: ${uninstallCommand}`);
  for (const { backend: other, id } of await findInstalledJobs(ctx, { file: job.file })) {
    if (other.name === backend.name) continue;
    ctx.error(
      ctx.stderrStyle('warn', `${other.name} runs it too; to end that: pipe schedule uninstall --${other.name} ${id}`),
    );
  }
  return exitCode.done;
}

function resolveEnvironmentFile({ environment, envFile }: Flags): string | null {
  const file = environment ?? envFile;
  if (file === undefined) return null;
  if (existsSync(file)) return resolve(file);
  throw new CliError(exitCode.usage, `there is no file ${file}`, 'write NAME=value lines into it, one a line');
}

function createJob(
  { name, file }: Pipeline,
  schedule: Schedule,
  environmentFile: string | null,
  { name: backend, systemTimeZone }: JobBackend,
  ctx: CliContext,
): ScheduledJob {
  const times = computeJobTimes({ schedule, calendar: getCalendarOrExit, systemTimeZone, now: ctx.clock.now() });
  if (!times.ok)
    throw new CliError(exitCode.usage, `${backend}: ${times.error}`, `have it collected: pipe serve ${file}`);
  const { isSuperset } = times.value;
  const path = resolve(file);
  const script = resolve(process.argv[1] ?? '');
  const folderOptions = ['--data', ctx.dataFolder, '--lineage', ctx.lineageFolder];
  const dueOption = isSuperset ? ['--if-due'] : [];
  return {
    pipeline: name,
    file: path,
    schedule: formatSchedule(schedule),
    times: times.value,
    // A start that may be late or made up for would not be taken for one that is due.
    jitter: isSuperset ? 0 : schedule.jitter,
    catchesUp: !isSuperset && schedule.catchUp !== 'none',
    folder: process.cwd(),
    command: [process.execPath, script, 'run', path, ...folderOptions, '--quiet', ...dueOption],
    environmentFile,
  };
}

/** What of a schedule the system does not do. */
function listUnsupported(
  { jitter, catchUp, maxCycles, overlap }: Schedule,
  job: ScheduledJob,
  { name }: JobBackend,
): readonly string[] {
  const spreads = name === 'systemd' && job.jitter > 0;
  // launchd starts by itself what passed in sleep.
  const catchesUp = name === 'systemd' && job.catchesUp;
  return [
    ...(jitter === 0 || spreads ? [] : [`starts without the jitter of ${formatDuration(jitter)}`]),
    ...(catchUp === 'none' || (catchesUp && catchUp === 'last')
      ? []
      : [catchesUp ? 'catches up with one run, not with all' : 'does not catch up after the machine was off']),
    ...(overlap === 'skip' ? [] : ['leaves out what comes while a run is going']),
    ...(maxCycles === null ? [] : ['counts no cycles']),
  ];
}

function rejectLineBreaks({ pipeline, folder, command, environmentFile }: ScheduledJob): void {
  const invalid = [pipeline, folder, ...command, environmentFile ?? ''].find((text) => /[\r\n]/.test(text));
  if (invalid === undefined) return;
  throw new CliError(exitCode.usage, `a name with a line break cannot be installed: ${JSON.stringify(invalid)}`);
}
