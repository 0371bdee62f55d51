import { isLocalDate } from '../core/time.js';
import type { LocalDate } from '../core/time.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** A date given on the command line; null when the option was left out. */
export function dateOption(option: string, text: string | undefined): LocalDate | null {
  if (text === undefined) return null;
  if (isLocalDate(text)) return text;
  throw new Stop(exitCode.usage, `${option} ${text} is not a date`, 'write it as YYYY-MM-DD, such as 2026-11-20');
}
