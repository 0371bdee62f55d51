import { calendarOf } from '../../src/calendar/calendars.js';
import type { Calendar } from '../../src/core/calendar.js';
import type { DueTimes, Schedule } from '../../src/pipeline/pipeline.js';
import type { ServedPipeline } from '../../src/serve/lane.js';
import { timetableOf } from '../../src/serve/timetable.js';
import type { Timetable } from '../../src/serve/timetable.js';

/** The calendars of the product. */
export function calendar(name: string): Calendar {
  const found = calendarOf(name);
  if (found === undefined) throw new Error(`no calendar ${name}`);
  return found;
}

export function scheduleOf(times: DueTimes, rest: Partial<Schedule> = {}): Schedule {
  return { times, maxCycles: null, catchUp: 'last', overlap: 'skip', jitter: 0, ...rest };
}

export function cron(line: string, timeZone = 'UTC'): DueTimes {
  return { kind: 'cron', cron: line, timeZone };
}

export function every(duration: number, market: string | null = null): DueTimes {
  return { kind: 'interval', every: duration, market };
}

export function timetable(times: DueTimes, rest: Partial<Schedule> = {}, name = 'tiny'): Timetable {
  return timetableOf({ schedule: scheduleOf(times, rest), name, calendar });
}

export const at = (text: string): number => Date.parse(text);

/** A pipeline as a collector sees it. */
export function served(
  name: string,
  schedule: Schedule,
  metrics = { prefix: 'pipe', symbolLabel: 'symbol' },
): ServedPipeline {
  return { name, file: `${name}.yaml`, schedule, metrics, providers: ['mock'] };
}
