import type { ExitCode } from '../app/exit-code.js';
import type { CliContext, Io } from './cli-context.js';

/** Runs the action of a command and keeps its exit code. */
export type RunAction = (action: (ctx: CliContext) => Promise<ExitCode>) => Promise<void>;

/** Runs a whole command line, for a command that answers by others. */
export type RunCommandLine = (argv: readonly string[], io: Io) => Promise<ExitCode>;
