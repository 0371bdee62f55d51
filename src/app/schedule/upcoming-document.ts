import { formatInstant } from '../../core/time/time.js';
import { getScheduleZone } from '../../scheduler/schedule/schedule-zone.js';
import { getCalendarOrExit } from '../get-calendar.js';
import type { UpcomingRuns } from './upcoming-runs.js';

/** The due times as scripts read them. Keys are added freely and never renamed. */
export interface UpcomingDocument {
  readonly name: string;
  readonly file: string;
  readonly schedule: unknown;
  readonly zone: string | null;
  readonly next: readonly string[];
}

export function toUpcomingDocument({ pipeline: { name, file, schedule }, next }: UpcomingRuns): UpcomingDocument {
  return {
    name,
    file,
    schedule,
    // Intervals without market hours are counted in UTC.
    zone: schedule === null ? null : (getScheduleZone(schedule, getCalendarOrExit) ?? 'UTC'),
    next: next.map(formatInstant),
  };
}
