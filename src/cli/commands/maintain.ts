import { Option } from 'commander';
import type { Command } from 'commander';

import { parseDuration } from '../../core/time/duration.js';
import { hour } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { withLakeLock } from '../../app/lake-lock.js';
import { maintain } from '../../app/maintenance/maintain.js';
import type { Period } from '../../app/maintenance/performance-report.js';
import { maintainPeriodically } from '../../app/maintenance/periodic.js';
import { loadProjectPipelines } from '../../app/pipeline/project-pipelines.js';
import { formatPeriodic } from '../output/format-periodic.js';
import type { CliContext } from '../cli-context.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { formatMaintenance } from '../output/format-maintenance.js';
import { describeLockHeld, suggestLockRemedy } from '../output/format-lock.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly json?: boolean;
  readonly retention?: string;
  readonly weekly?: boolean;
  readonly monthly?: boolean;
  readonly archiveTo?: string;
  readonly pipeline?: string;
}

/** A shorter retention could remove files that a query or run in progress still reads. */
const minRetention: Duration = hour;

export function defineMaintain(command: Command, run: RunAction): void {
  command
    .command('maintain')
    .addOption(new Option('--retention <duration>', 'how long to keep superseded files for readers [7d]'))
    .option('--weekly', 'refresh contracts due, clean up, validate, report it')
    .option('--monthly', 'archive, merge, prune records, report the month')
    .option('--pipeline <file>', 'with --weekly: only this pipeline [all pipelines]')
    .option('--archive-to <folder>', 'with --monthly: move months older than a year there')
    .option('--json', 'print one JSON document')
    .action((flags: Flags) => run((ctx) => runMaintain(flags, ctx)));
}

async function runMaintain(flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const period = selectPeriod(flags);
  if (period !== null) return runPeriodically(period, flags, ctx);
  const retention = parseRetention(flags.retention);
  const done = await withLakeLock('maintenance', ctx, () => maintain(retention, ctx));
  if (!done.ok)
    throw new CliError(
      exitCode.locked,
      `the lake cannot be maintained now: ${describeLockHeld(done.error)}`,
      suggestLockRemedy(done.error, 'maintain it when that has ended, or see: pipe status'),
    );
  const maintenance = done.value;
  if (flags.json === true) ctx.printJson(maintenance);
  else ctx.print(formatMaintenance(maintenance, ctx));
  return exitCode.done;
}

/** The period whose work is done; null for the plain maintenance of files. */
function selectPeriod({ weekly, monthly, archiveTo, pipeline, retention }: Flags): Period | null {
  if (weekly === true && monthly === true)
    throw new CliError(exitCode.usage, '--weekly cannot be combined with --monthly', 'call pipe maintain twice');
  const period = weekly === true ? 'weekly' : monthly === true ? 'monthly' : null;
  if (archiveTo !== undefined && period !== 'monthly')
    throw new CliError(exitCode.usage, '--archive-to needs --monthly', 'archive at any time with pipe archive');
  if (pipeline !== undefined && period !== 'weekly')
    throw new CliError(exitCode.usage, '--pipeline needs --weekly', 'leave out --pipeline');
  if (retention !== undefined && period !== null)
    throw new CliError(exitCode.usage, `--retention cannot be combined with --${period}`, 'leave out --retention');
  return period;
}

async function runPeriodically(
  period: Period,
  { archiveTo, pipeline, json }: Flags,
  ctx: CliContext,
): Promise<ExitCode> {
  const pipelines =
    pipeline === undefined ? await loadProjectPipelines(ctx) : [await loadPipelineOrExit(pipeline, ctx)];
  const done = await maintainPeriodically({ period, archiveTo: archiveTo ?? null }, pipelines, ctx);
  if (json === true) ctx.printJson(done);
  else ctx.print(formatPeriodic(done, ctx.style));
  const failed = done.tasks.filter(({ status }) => status === 'failed').map(({ task }) => task);
  if (failed.length === 0) return exitCode.done;
  return failed.every((task) => task === 'validate') ? exitCode.checkFailed : exitCode.someFailed;
}

function parseRetention(flag: string | undefined): Duration | null {
  if (flag === undefined) return null;
  const duration = parseDuration(flag);
  if (!duration.ok)
    throw new CliError(exitCode.usage, `--retention ${flag}: ${duration.error.message}`, duration.error.suggestion);
  if (duration.value >= minRetention) return duration.value;
  throw new CliError(
    exitCode.usage,
    `--retention ${flag} is less than an hour`,
    'runs and queries in progress read superseded files; use 1h or more',
  );
}
