import type { Calendar } from '../../core/calendar.js';
import { formatDuration } from '../../core/duration.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { day, hour, minute } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import { zoneOffset } from '../../core/zone.js';
import type { DueTimes, Schedule } from '../../pipeline/pipeline.js';
import { timetableOf } from '../timetable.js';
import { readPlainCron, readTimesOfDay } from './plain-cron.js';
import type { PlainCron } from './plain-cron.js';
import { linesOfWeek, minutesOfDay, minutesOfWeek, weekMinute } from './week.js';

/** When a system is to start an entry. */
export interface EntryTimes {
  /** All times of all lines. */
  readonly lines: readonly PlainCron[];
  /** Whose clocks show them. */
  readonly timeZone: string;
  /** Whether they are more than the due times, so that each run has to look first whether it is due. */
  readonly areWider: boolean;
}

/** What times are sought for. */
export interface EntryTimesOptions {
  readonly schedule: Schedule;
  readonly calendar: (name: string) => Calendar;
  /** The zone of the only clocks that the system knows; null when it knows all. */
  readonly clocks: string | null;
  readonly now: Instant;
}

/** So far ahead clocks and sessions are looked at: every rule of either comes round in a year. */
const horizon = 366 * day;

/**
 * The times at which a system has to start an entry so that no due time is without a start. Where the system's clocks or its
 * lines cannot say the schedule, they are every time of a week that it can fall on.
 */
export function entryTimes(options: EntryTimesOptions): Result<EntryTimes, string> {
  const { times } = options.schedule;
  return times.kind === 'cron' ? timesOfLine(times, options) : timesOfCycles(times, options);
}

function timesOfLine(
  { cron, timeZone: zone }: Extract<DueTimes, { kind: 'cron' }>,
  { clocks, now }: EntryTimesOptions,
): Result<EntryTimes, string> {
  const timeZone = clocks ?? zone;
  const differences = clockDifferences(zone, timeZone, now);
  const plain = readPlainCron(cron);
  if (plain !== null && differences.every((difference) => difference === 0)) {
    return ok({ lines: [plain], timeZone, areWider: false });
  }
  const read = readTimesOfDay(cron);
  if (read === null) return err(`the times of \`${cron}\` are not understood by every system`);
  const { minutes, hours, daysOfWeek } = read;
  const found = new Set<number>();
  for (const weekday of daysOfWeek ?? [0, 1, 2, 3, 4, 5, 6]) {
    for (const ofHour of hours) {
      for (const ofMinute of minutes) {
        const there = weekday * minutesOfDay + ofHour * 60 + ofMinute;
        for (const difference of differences)
          found.add((there + Math.floor(difference / minute) + minutesOfWeek) % minutesOfWeek);
      }
    }
  }
  return ok({ lines: linesOfWeek(found), timeZone, areWider: true });
}

function timesOfCycles(
  { every, market }: Extract<DueTimes, { kind: 'interval' }>,
  { schedule, calendar, clocks, now }: EntryTimesOptions,
): Result<EntryTimes, string> {
  if (every % minute !== 0) return err(`cycles of ${formatDuration(every)} fall between the minutes that systems know`);
  const timeZone = clocks ?? (market === null ? 'UTC' : calendar(market).timeZone);
  const timetable = timetableOf({ schedule: { ...schedule, jitter: 0 }, name: '', calendar });
  const found = new Set<number>();
  for (const due of timetable.due(now, now + horizon)) {
    found.add(weekMinute(due + zoneOffset(timeZone, due)));
    if (found.size === minutesOfWeek) break;
  }
  return ok({ lines: linesOfWeek(found), timeZone, areWider: true });
}

/** How far the clocks of one zone are ahead of those of another, at any time of a year. */
function clockDifferences(zone: string, other: string, now: Instant): readonly number[] {
  const found = new Set<number>();
  for (let at = now; at < now + horizon; at += hour) found.add(zoneOffset(other, at) - zoneOffset(zone, at));
  return [...found];
}
