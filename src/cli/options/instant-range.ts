import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';
import { lastProjectedYear } from '../../calendar/calendars.js';
import type { Instant } from '../../core/time/time.js';

const firstYear = 1970;

/** Rejects a time that no calendar covers; the arithmetic on times is exact within this range only. */
export function requireCovered(option: string, text: string, instant: Instant): Instant {
  const year = new Date(instant).getUTCFullYear();
  if (year >= firstYear && year <= lastProjectedYear) return instant;
  throw new CliError(
    exitCode.usage,
    `${option} ${text} is outside the years ${String(firstYear)} to ${String(lastProjectedYear)}`,
    'trading calendars cover these years only',
  );
}
