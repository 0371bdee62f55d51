import type { Command } from 'commander';

import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';
import { requireLocalPath } from '../../app/local-path.js';
import { requireCovered } from './instant-range.js';
import type { GlobalOptions, Verbosity } from '../cli-context.js';

interface Flags {
  readonly data: string;
  readonly lineage: string;
  readonly now?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly debug?: boolean;
  readonly color: boolean;
  readonly allowOutside?: boolean;
}

/** Checks the options that every command has. */
export function parseGlobalOptions(program: Command): GlobalOptions {
  const flags = program.opts<Flags>();
  return {
    data: requireLocalPath('--data', flags.data),
    lineage: requireLocalPath('--lineage', flags.lineage),
    now: flags.now === undefined ? null : parseNow(flags.now),
    verbosity: parseVerbosity(flags),
    color: flags.color,
    allowsOutside: flags.allowOutside === true,
  };
}

function parseVerbosity(flags: Flags): Verbosity {
  if (flags.debug === true) return 'debug';
  if (flags.verbose === true) return 'verbose';
  return flags.quiet === true ? 'quiet' : 'normal';
}

/** A timestamp without a zone is UTC, so that it means the same on every machine. */
function parseNow(text: string): number {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
  const isTimestamp = isDate || /^\d{4}-\d{2}-\d{2}[T ]/.test(text);
  const instant = isTimestamp ? Date.parse(isDate ? `${text}T00:00:00Z` : hasZone ? text : `${text}Z`) : NaN;
  if (Number.isFinite(instant)) return requireCovered('--now', text, instant);
  throw new CliError(
    exitCode.usage,
    `--now ${text} is not a timestamp`,
    'write it as ISO 8601, such as 2026-11-20T22:00:00Z',
  );
}
