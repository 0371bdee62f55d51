import type { Command } from 'commander';

import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** Options of `pipe schedule` reach the commands under it too; what has no meaning there is refused. */
export function refuseListOptions(schedule: Command, name: string, options = ['count', 'json']): void {
  const given = options.find((option) => schedule.getOptionValueSource(option) === 'cli');
  if (given === undefined) return;
  throw new Stop(exitCode.usage, `pipe schedule ${name} has no --${given}`, `pipe schedule ${name} --help explains it`);
}
