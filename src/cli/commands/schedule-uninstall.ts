import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Command } from 'commander';

import { belongsToFile } from '../../scheduler/system/scheduled-job.js';
import { formatTable } from '../../platform/table.js';
import { addBackendOptions } from '../../app/schedule/job-backends.js';
import type { BackendFlags } from '../../app/schedule/job-backends.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { findInstalledJobs } from '../../app/schedule/installed-jobs.js';
import type { FoundJob } from '../../app/schedule/installed-jobs.js';
import type { RunAction } from '../run-action.js';
import { rejectListOptions } from '../options/reject-list-options.js';
import { toRelativePath } from '../../platform/relative-path.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

/** Adds `uninstall` and `installed` to `pipe schedule`. */
export function defineScheduleUninstall(schedule: Command, run: RunAction): void {
  addBackendOptions(
    schedule
      .command('uninstall')
      .description('Take back what install did, whether the pipeline file is still there or not')
      .argument('[entry]', 'a pipeline file, the name of a pipeline, or what pipe schedule installed calls it'),
  ).action((named: string | undefined, flags: BackendFlags) =>
    run((ctx) => {
      rejectListOptions(schedule, 'uninstall');
      return uninstall(named, flags, ctx);
    }),
  );
  addBackendOptions(schedule.command('installed').description('List what install has done for this user'))
    .option('--json', 'one JSON document on stdout')
    .action((flags: BackendFlags) =>
      run((ctx) => {
        // The command above takes `--json`, wherever it stands, for its own.
        const { json = false } = schedule.opts<{ readonly json?: true }>();
        rejectListOptions(schedule, 'installed', ['count']);
        return listInstalled(flags, json, ctx);
      }),
    );
}

async function uninstall(named: string | undefined, flags: BackendFlags, ctx: CliContext): Promise<ExitCode> {
  const jobs = await findInstalledJobs(ctx, { backends: flags });
  const [backendNames = 'cron, systemd or launchd'] = Object.keys(flags);
  if (named === undefined) {
    if (jobs.length > 0) throw new CliError(exitCode.usage, 'which entry?', `name one of\n${formatJobs(jobs, ctx)}`);
    ctx.info(`pipe has installed nothing in ${backendNames}`);
    return exitCode.done;
  }
  const matches = findJobs(named, jobs);
  if (new Set(matches.map(({ id }) => id)).size > 1)
    throw new CliError(
      exitCode.usage,
      `${named} is the pipeline of several entries`,
      `name one of\n${formatJobs(matches, ctx)}`,
    );
  if (matches.length === 0) {
    ctx.info(`nothing is installed for ${named} in ${backendNames}; what is: pipe schedule installed`);
    return exitCode.done;
  }
  for (const { backend, id, pipeline } of matches) {
    await backend.remove(id);
    ctx.info(`${pipeline ?? id} is not run by ${backend.name} any more`);
  }
  return exitCode.done;
}

/** An id or a file means one entry; a pipeline's name may be that of several. */
function findJobs(named: string, jobs: readonly FoundJob[]): readonly FoundJob[] {
  const one = jobs.filter(({ id }) => id === named || belongsToFile(id, resolve(named)));
  return one.length > 0 ? one : jobs.filter(({ pipeline }) => pipeline === named);
}

async function listInstalled(systems: BackendFlags, json: boolean, ctx: CliContext): Promise<ExitCode> {
  const jobs = await findInstalledJobs(ctx, { backends: systems });
  if (json) {
    ctx.printJson(
      jobs.map(({ backend, id, pipeline, file }) => ({
        system: backend.name,
        id,
        pipeline,
        file,
        exists: fileExists(file),
      })),
    );
  } else if (jobs.length > 0) ctx.print(`${formatJobs(jobs, ctx)}\n`);
  else ctx.info('pipe has installed nothing; see: pipe schedule install --help');
  return exitCode.done;
}

function formatJobs(jobs: readonly FoundJob[], ctx: CliContext): string {
  const rows = jobs.map(({ backend, id, pipeline, file }) => [
    { text: `  ${backend.name}` },
    { text: id },
    { text: pipeline ?? '-' },
    { text: file === null ? '-' : toRelativePath(file) },
    fileExists(file) ? { text: '' } : { text: 'is gone', paint: (own: string) => ctx.style('warn', own) },
  ]);
  return formatTable(rows, ['left', 'left', 'left', 'left', 'left'], 2).join('\n');
}

function fileExists(file: string | null): boolean {
  return file === null || existsSync(file);
}
