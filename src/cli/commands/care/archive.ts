import type { Command } from 'commander';

import { archiveOrExit, parseMonths, unarchiveOrExit } from '../../../app/care/archive.js';
import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { withLakeLock } from '../../../app/lake-lock.js';
import type { ArchiveResult } from '../../../lake/archive/archive-months.js';
import type { CliContext } from '../../cli-context.js';
import { formatArchive } from '../../output/care/format-archive.js';
import { describeLockHeld, suggestLockRemedy } from '../../output/format-lock.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly olderThan?: string;
  readonly to?: string;
  readonly back?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function defineArchive(command: Command, run: RunAction): void {
  command
    .command('archive')
    .option('--older-than <age>', 'months before this age, such as 12mo or 2y')
    .option('--to <folder>', 'folder of the archive, one for each lake')
    .option('--back', 'move everything back')
    .option('--dry-run', 'only say what would be moved')
    .option('--json', 'print one JSON document')
    .action((flags: Flags) => run((ctx) => archive(flags, ctx)));
}

async function archive(flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const work = selectWork(flags, ctx);
  const done = await withLakeLock('maintenance', ctx, work);
  if (!done.ok)
    throw new CliError(
      exitCode.locked,
      `nothing can be archived now: ${describeLockHeld(done.error)}`,
      suggestLockRemedy(done.error, 'archive when that has ended'),
    );
  if (flags.json === true) ctx.printJson(done.value);
  else ctx.print(formatArchive(done.value, flags, ctx.style));
  return exitCode.done;
}

function selectWork({ olderThan, to, back, dryRun }: Flags, ctx: CliContext): () => Promise<ArchiveResult> {
  if (back === true) {
    const other =
      olderThan !== undefined ? '--older-than' : to !== undefined ? '--to' : dryRun === true ? '--dry-run' : null;
    if (other !== null)
      throw new CliError(exitCode.usage, `--back cannot be combined with ${other}`, `leave out ${other}`);
    return () => unarchiveOrExit(ctx);
  }
  if (olderThan === undefined || to === undefined)
    throw new CliError(
      exitCode.usage,
      'archive needs --older-than and --to, or --back',
      'for example: pipe archive --older-than 12mo --to /mnt/archive',
    );
  const months = parseMonths('--older-than', olderThan);
  return () => archiveOrExit({ months, to, dryRun: dryRun === true }, ctx);
}
