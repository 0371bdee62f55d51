import type { ExitCode } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

/** Runs a command's action in its surroundings and sets the exit code. */
export type RunAction = (action: (at: Surroundings) => Promise<ExitCode>) => Promise<void>;
