import type { ExitCode } from './exit-code.js';

/** Ends a command with an exit code and words for the user; anything else that is thrown is a bug. */
export class CliError extends Error {
  override readonly name = 'Stop';

  constructor(
    readonly code: ExitCode,
    message: string,
    /** What to do about it. */
    readonly hint: string | null = null,
  ) {
    super(message);
  }
}
