import { addDays, isLocalDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';
import { requireCovered } from './instant-range.js';

/** Parses the timestamp of an option: a date is its end, a time without a zone is UTC. Null when the option is absent. */
export function parseInstant(option: string, text: string | undefined): Instant | null {
  if (text === undefined) return null;
  if (isLocalDate(text)) {
    requireCovered(option, text, Date.parse(text));
    return Date.parse(`${addDays(text, 1)}T00:00:00Z`) - 1;
  }
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
  const instant = /^\d{4}-\d{2}-\d{2}[T ]/.test(text) ? Date.parse(hasZone ? text : `${text}Z`) : NaN;
  if (Number.isFinite(instant)) return requireCovered(option, text, instant);
  throw new CliError(
    exitCode.usage,
    `${option} ${text} is not a timestamp`,
    'write it as ISO 8601, such as 2026-11-20 or 2026-11-20T18:00:00Z',
  );
}
