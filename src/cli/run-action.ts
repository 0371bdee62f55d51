import type { ExitCode } from '../app/exit-code.js';
import type { CliContext } from './cli-context.js';

/** Runs the action of a command and keeps its exit code. */
export type RunAction = (action: (ctx: CliContext) => Promise<ExitCode>) => Promise<void>;
