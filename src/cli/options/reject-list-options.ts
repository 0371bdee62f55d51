import type { Command } from 'commander';

import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';

/** Rejects options of `pipe schedule` that its subcommands would silently accept. */
export function rejectListOptions(schedule: Command, name: string, options = ['count', 'json']): void {
  const rejected = options.find((option) => schedule.getOptionValueSource(option) === 'cli');
  if (rejected === undefined) return;
  throw new CliError(exitCode.usage, `pipe schedule ${name} has no --${rejected}`, `see: pipe schedule ${name} --help`);
}
