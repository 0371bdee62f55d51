import type { Calendar } from '../../core/time/calendar.js';
import { formatDuration } from '../../core/time/duration.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { day, hour, minute } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { getZoneOffset } from '../../core/time/time-zone.js';
import type { DueTimes, Schedule } from '../../config/pipeline/pipeline.js';
import { createDueTimes } from '../schedule/due-times.js';
import { parseCron, parseTimesOfDay } from './cron-fields.js';
import type { CronFields } from './cron-fields.js';
import { toCronLines, minutesPerDay, minutesPerWeek, minuteOfWeek } from './weekly-cron.js';

/** The times at which cron or systemd starts a job. */
export interface JobTimes {
  /** The union of all lines counts. */
  readonly lines: readonly CronFields[];
  /** The zone of the clocks that the lines refer to. */
  readonly timeZone: string;
  /** True if the lines include more than the due times, so that each run must first check whether it is due. */
  readonly isSuperset: boolean;
}

export interface JobTimesOptions {
  readonly schedule: Schedule;
  readonly calendar: (name: string) => Calendar;
  /** The only zone that the system supports; null if it supports all. */
  readonly systemTimeZone: string | null;
  readonly now: Instant;
}

/** The period for which zones and sessions are examined: all of their rules recur within a year. */
const horizon = 366 * day;

/**
 * Computes start times that include every due time. If the system's time zone or its syntax cannot express the schedule, the
 * result is every minute of the week on which the schedule can fall.
 */
export function computeJobTimes(options: JobTimesOptions): Result<JobTimes, string> {
  const { times } = options.schedule;
  return times.kind === 'cron' ? computeCronTimes(times, options) : computeIntervalTimes(times, options);
}

function computeCronTimes(
  { cron, timeZone: zone }: Extract<DueTimes, { kind: 'cron' }>,
  { systemTimeZone, now }: JobTimesOptions,
): Result<JobTimes, string> {
  const timeZone = systemTimeZone ?? zone;
  const differences = findZoneDifferences(zone, timeZone, now);
  const fields = parseCron(cron);
  if (fields !== null && differences.every((difference) => difference === 0)) {
    return ok({ lines: [fields], timeZone, isSuperset: false });
  }
  const read = parseTimesOfDay(cron);
  if (read === null) return err(`cannot express the schedule \`${cron}\``);
  const { minutes, hours, daysOfWeek } = read;
  const found = new Set<number>();
  for (const weekday of daysOfWeek ?? [0, 1, 2, 3, 4, 5, 6]) {
    for (const hourOfDay of hours) {
      for (const minuteOfHour of minutes) {
        const sourceMinute = weekday * minutesPerDay + hourOfDay * 60 + minuteOfHour;
        for (const difference of differences)
          found.add((sourceMinute + Math.floor(difference / minute) + minutesPerWeek) % minutesPerWeek);
      }
    }
  }
  return ok({ lines: toCronLines(found), timeZone, isSuperset: true });
}

function computeIntervalTimes(
  { every, market }: Extract<DueTimes, { kind: 'interval' }>,
  { schedule, calendar, systemTimeZone, now }: JobTimesOptions,
): Result<JobTimes, string> {
  if (every % minute !== 0)
    return err(`cannot start a run every ${formatDuration(every)}: times must be whole minutes`);
  const timeZone = systemTimeZone ?? (market === null ? 'UTC' : calendar(market).timeZone);
  const dueTimes = createDueTimes({ schedule: { ...schedule, jitter: 0 }, name: '', calendar });
  const found = new Set<number>();
  for (const due of dueTimes.due(now, now + horizon)) {
    found.add(minuteOfWeek(due + getZoneOffset(timeZone, due)));
    if (found.size === minutesPerWeek) break;
  }
  return ok({ lines: toCronLines(found), timeZone, isSuperset: true });
}

/** Lists by how many milliseconds `other` is ahead of `zone` at any time within the horizon. */
function findZoneDifferences(zone: string, other: string, now: Instant): readonly number[] {
  const found = new Set<number>();
  for (let instant = now; instant < now + horizon; instant += hour)
    found.add(getZoneOffset(other, instant) - getZoneOffset(zone, instant));
  return [...found];
}
