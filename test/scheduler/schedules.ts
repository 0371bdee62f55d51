import { getCalendar } from '../../src/calendar/calendars.js';
import type { Calendar } from '../../src/core/time/calendar.js';
import type { DueTimes, Schedule } from '../../src/config/pipeline/pipeline.js';
import type { ScheduledPipeline } from '../../src/scheduler/pipeline-runner.js';
import { getScheduleZone } from '../../src/scheduler/schedule/schedule-zone.js';
import { createDueTimes } from '../../src/scheduler/schedule/due-times.js';
import type { DueTimeSeries } from '../../src/scheduler/schedule/due-times.js';

/** The calendars of the product. */
export function calendar(name: string): Calendar {
  const found = getCalendar(name);
  if (found === undefined) throw new Error(`no calendar ${name}`);
  return found;
}

export function createSchedule(times: DueTimes, rest: Partial<Schedule> = {}): Schedule {
  return { times, maxCycles: null, catchUp: 'last', overlap: 'skip', priority: 'normal', jitter: 0, ...rest };
}

export function cron(line: string, timeZone = 'UTC'): DueTimes {
  return { kind: 'cron', cron: line, timeZone };
}

export function every(duration: number, market: string | null = null): DueTimes {
  return { kind: 'interval', every: duration, market };
}

export function createTestDueTimes(times: DueTimes, rest: Partial<Schedule> = {}, name = 'tiny'): DueTimeSeries {
  return createDueTimes({ schedule: createSchedule(times, rest), name, calendar });
}

export const at = (text: string): number => Date.parse(text);

/** Creates a pipeline for a collector, with the provider mock. */
export function createScheduledPipeline(
  name: string,
  schedule: Schedule,
  metrics = { prefix: 'pipe', symbolLabel: 'symbol' },
): ScheduledPipeline {
  return {
    name,
    file: `${name}.yaml`,
    schedule,
    metrics,
    providers: ['mock'],
    timeZone: getScheduleZone(schedule, calendar),
  };
}
