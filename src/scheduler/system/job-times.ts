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

/** When a system is to start an entry. */
export interface JobTimes {
  /** All times of all lines. */
  readonly lines: readonly CronFields[];
  /** Whose clocks show them. */
  readonly timeZone: string;
  /** Whether they are more than the due times, so that each run has to look first whether it is due. */
  readonly isSuperset: boolean;
}

/** What times are sought for. */
export interface JobTimesOptions {
  readonly schedule: Schedule;
  readonly calendar: (name: string) => Calendar;
  /** The zone of the only clocks that the system knows; null when it knows all. */
  readonly systemTimeZone: string | null;
  readonly now: Instant;
}

/** So far ahead clocks and sessions are looked at: every rule of either comes round in a year. */
const horizon = 366 * day;

/**
 * The times at which a system has to start an entry so that no due time is without a start. Where the system's clocks or its
 * lines cannot say the schedule, they are every time of a week that it can fall on.
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
    return ok({ lines: [fields], timeZone, areWider: false });
  }
  const read = parseTimesOfDay(cron);
  if (read === null) return err(`the times of \`${cron}\` are not understood by every system`);
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
  return ok({ lines: toCronLines(found), timeZone, areWider: true });
}

function computeIntervalTimes(
  { every, market }: Extract<DueTimes, { kind: 'interval' }>,
  { schedule, calendar, systemTimeZone, now }: JobTimesOptions,
): Result<JobTimes, string> {
  if (every % minute !== 0) return err(`cycles of ${formatDuration(every)} fall between the minutes that systems know`);
  const timeZone = systemTimeZone ?? (market === null ? 'UTC' : calendar(market).timeZone);
  const dueTimes = createDueTimes({ schedule: { ...schedule, jitter: 0 }, name: '', calendar });
  const found = new Set<number>();
  for (const due of dueTimes.due(now, now + horizon)) {
    found.add(minuteOfWeek(due + getZoneOffset(timeZone, due)));
    if (found.size === minutesPerWeek) break;
  }
  return ok({ lines: toCronLines(found), timeZone, areWider: true });
}

/** How far the clocks of one zone are ahead of those of another, at any time of a year. */
function findZoneDifferences(zone: string, other: string, now: Instant): readonly number[] {
  const found = new Set<number>();
  for (let instant = now; instant < now + horizon; instant += hour)
    found.add(getZoneOffset(other, instant) - getZoneOffset(zone, instant));
  return [...found];
}
