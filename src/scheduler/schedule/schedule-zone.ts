import type { Schedule } from '../../config/pipeline/pipeline.js';
import type { Calendar } from '../../core/time/calendar.js';

/** The time zone that a schedule names or that its market has; null for an interval without market hours. */
export function getScheduleZone({ times }: Schedule, calendar: (name: string) => Calendar): string | null {
  if (times.kind === 'cron') return times.timeZone;
  return times.market === null ? null : calendar(times.market).timeZone;
}
