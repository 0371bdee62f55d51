import type { ExitCode } from './exit-code.js';

/** Ends a command with an exit code and a message for the user. Every other exception is a bug. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: ExitCode,
    message: string,
    /** The next step for the user. */
    readonly hint: string | null = null,
    /** The command has printed the details itself. */
    readonly isPrinted = false,
  ) {
    super(message);
  }
}
