import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';

/** Parses the whole number of an option; null when the option is absent. */
export function parseCount(option: string, text: string | undefined, min: number): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (number >= min) return number;
  throw new CliError(exitCode.usage, `${option} ${text} is not a whole number of ${min} or more`);
}
