import type { ExitCode } from '../app/exit-code.js';
import type { CliContext } from '../app/cli-context.js';

/** Runs a command's action in its surroundings and sets the exit code. */
export type RunAction = (action: (ctx: CliContext) => Promise<ExitCode>) => Promise<void>;
