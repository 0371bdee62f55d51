import { isLocalDate } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';
import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';
import { requireCovered } from './instant-range.js';

/** Parses the date of an option; null when the option is absent. */
export function parseDate(option: string, text: string | undefined): LocalDate | null {
  if (text === undefined) return null;
  if (isLocalDate(text)) {
    requireCovered(option, text, Date.parse(text));
    return text;
  }
  throw new CliError(exitCode.usage, `${option} ${text} is not a date`, 'write it as YYYY-MM-DD, such as 2026-11-20');
}
