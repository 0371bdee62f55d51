import { resolve } from 'node:path';

import type { Command } from 'commander';

import { belongsToFile } from '../../scheduler/system/scheduled-job.js';
import type { ApplyStyle } from '../../platform/style.js';
import { formatTable } from '../../platform/table.js';
import type { BackendSelection } from '../../app/schedule/job-backends.js';
import { addBackendOptions } from '../options/backend-options.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { findInstalledJobs } from '../../app/schedule/installed-jobs.js';
import type { FoundJob } from '../../app/schedule/installed-jobs.js';
import type { RunAction } from '../run-action.js';
import { rejectListOptions } from '../options/reject-list-options.js';
import { toRelativePath } from '../../platform/relative-path.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

/** Adds `uninstall` and `installed` to `pipe schedule`. */
export function defineScheduleUninstall(schedule: Command, run: RunAction): void {
  addBackendOptions(
    schedule
      .command('uninstall')
      .description('Remove an installed schedule, even if its file is missing')
      .argument('[job]', 'pipeline file, pipeline name or job id'),
  ).action((named: string | undefined, flags: BackendSelection) =>
    run((ctx) => {
      rejectListOptions(schedule, 'uninstall');
      return uninstall(named, flags, ctx);
    }),
  );
  addBackendOptions(schedule.command('installed').description('List the installed schedules of this user'))
    .option('--json', 'print one JSON document')
    .action((flags: BackendSelection) =>
      run((ctx) => {
        // Commander gives `--json` to the parent command, anywhere on the command line.
        const { json = false } = schedule.opts<{ readonly json?: true }>();
        rejectListOptions(schedule, 'installed', ['count']);
        return listInstalled(flags, json, ctx);
      }),
    );
}

async function uninstall(named: string | undefined, flags: BackendSelection, ctx: CliContext): Promise<ExitCode> {
  const jobs = await findInstalledJobs(ctx, { backends: flags });
  const [backendNames = 'cron or systemd'] = Object.keys(flags);
  if (named === undefined) {
    if (jobs.length > 0)
      throw new CliError(
        exitCode.usage,
        'missing JOB: several are installed',
        `name one of\n${formatJobs(jobs, ctx.style)}`,
      );
    ctx.info(`no schedule installed in ${backendNames}`);
    return exitCode.done;
  }
  const matches = selectJobs(named, jobs);
  if (new Set(matches.map(({ id }) => id)).size > 1)
    throw new CliError(
      exitCode.usage,
      `${named} has several installed schedules`,
      `name one of\n${formatJobs(matches, ctx.style)}`,
    );
  if (matches.length === 0) {
    ctx.info(`no schedule of ${named} installed in ${backendNames}; list all with: pipe schedule installed`);
    return exitCode.done;
  }
  for (const { backend, id, pipeline } of matches) {
    await backend.remove(id);
    ctx.info(`removed ${pipeline ?? id} from ${backend.name}`);
  }
  return exitCode.done;
}

/** An id or a file selects one job; the name of a pipeline may select several. */
function selectJobs(named: string, jobs: readonly FoundJob[]): readonly FoundJob[] {
  const byIdOrFile = jobs.filter(({ id }) => id === named || belongsToFile(id, resolve(named)));
  return byIdOrFile.length > 0 ? byIdOrFile : jobs.filter(({ pipeline }) => pipeline === named);
}

async function listInstalled(backends: BackendSelection, json: boolean, ctx: CliContext): Promise<ExitCode> {
  const jobs = await findInstalledJobs(ctx, { backends });
  if (json) {
    ctx.printJson(
      jobs.map(({ backend, id, pipeline, file, hasFile }) => ({
        backend: backend.name,
        id,
        pipeline,
        file,
        exists: hasFile,
      })),
    );
  } else if (jobs.length > 0) ctx.print(`${formatJobs(jobs, ctx.style)}\n`);
  else ctx.info('no schedule installed; see: pipe schedule install --help');
  return exitCode.done;
}

function formatJobs(jobs: readonly FoundJob[], style: ApplyStyle): string {
  const rows = jobs.map(({ backend, id, pipeline, file, hasFile }) => [
    { text: `  ${backend.name}` },
    { text: id },
    { text: pipeline ?? '-' },
    { text: file === null ? '-' : toRelativePath(file) },
    hasFile ? { text: '' } : { text: 'file missing', style: (cell: string) => style('warn', cell) },
  ]);
  return formatTable(rows, ['left', 'left', 'left', 'left', 'left'], 2).join('\n');
}
