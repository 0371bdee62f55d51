import type { Command } from 'commander';

import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';

/** Options of `pipe schedule` reach the commands under it too; what has no meaning there is refused. */
export function rejectListOptions(schedule: Command, name: string, options = ['count', 'json']): void {
  const rejected = options.find((option) => schedule.getOptionValueSource(option) === 'cli');
  if (rejected === undefined) return;
  throw new CliError(
    exitCode.usage,
    `pipe schedule ${name} has no --${rejected}`,
    `pipe schedule ${name} --help explains it`,
  );
}
