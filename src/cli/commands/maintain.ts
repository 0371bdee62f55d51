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
import type { CliContext } from '../cli-context.js';
import { formatMaintenance } from '../output/format-maintenance.js';
import { describeLockHeld, suggestLockRemedy } from '../output/format-lock.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly json?: boolean;
  readonly retention?: string;
}

/** A shorter retention could remove files that a query or run in progress still reads. */
const minRetention: Duration = hour;

export function defineMaintain(command: Command, run: RunAction): void {
  command
    .command('maintain')
    .addOption(new Option('--retention <duration>', 'how long to keep superseded files for readers [7d]'))
    .option('--json', 'print one JSON document')
    .action((flags: Flags) => run((ctx) => runMaintain(flags, ctx)));
}

async function runMaintain(flags: Flags, ctx: CliContext): Promise<ExitCode> {
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
