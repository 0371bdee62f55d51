import { Option } from 'commander';
import type { Command } from 'commander';

import { computeJobId, shellQuote } from '../../scheduler/system/scheduled-job.js';
import { createJob, listUnsupported, resolveEnvironmentFile } from '../../app/schedule/create-job.js';
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
  const namedFile = flags.environment ?? flags.envFile;
  const environmentFile = namedFile === undefined ? null : resolveEnvironmentFile(namedFile);
  const pipeline = await loadPipelineOrExit(findPipelineFile(file), ctx);
  const { schedule } = pipeline;
  if (schedule === null)
    throw new CliError(exitCode.usage, `${pipeline.file} has no schedule`, 'add `schedule: { cron: 30 18 * * 1-5 }`');
  const description = formatSchedule(schedule);
  const job = createJob({ pipeline, schedule, description, environmentFile }, backend, ctx);
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
