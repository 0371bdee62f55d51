import { createHash } from 'node:crypto';

import { Cron } from 'croner';

import type { Calendar } from '../../core/time/calendar.js';
import { addDays } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';

/** When one pipeline is due, jitter included. */
export interface DueTimeSeries {
  /** The due times in `(after, until]`, in order. */
  due(after: Instant, until: Instant): Iterable<Instant>;
  /** The first due time after an instant; null when there is none any more. */
  next(after: Instant): Instant | null;
  /** Whether a run for a due time still makes sense at an instant: for cycles of a market not once their session has closed. */
  isTimely(due: Instant, at: Instant): boolean;
}

/** What a timetable is made for. */
export interface DueTimeOptions {
  readonly schedule: Schedule;
  /** The pipeline's name, which decides its part of the jitter. */
  readonly name: string;
  readonly calendar: (name: string) => Calendar;
}

/** The timetable of a schedule: pure, so that what a fortnight brings can be known at once. */
export function createDueTimes({ schedule, name, calendar }: DueTimeOptions): DueTimeSeries {
  const { times } = schedule;
  const delay = computeJitter(name, schedule.jitter);
  if (times.kind === 'cron') return createCronDueTimes(times.cron, times.timeZone, delay);
  if (times.market !== null) return createSessionDueTimes(calendar(times.market), times.every, delay);
  return createIntervalDueTimes(times.every, delay);
}

/** How much later a pipeline starts: spread evenly over names, the same for one name always and everywhere. */
export function computeJitter(name: string, maxJitter: Duration): Duration {
  const share = createHash('sha256').update(name).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(share * maxJitter);
}

/** The instants of a cron line, as clocks in its zone show them. */
function createCronDueTimes(line: string, timeZone: string, delay: Duration): DueTimeSeries {
  // Paused: only its reading of the line is wanted, it starts nothing.
  const cron = new Cron(line, { mode: '5-part', timezone: timeZone, paused: true });
  const next = (after: Instant): Instant | null => {
    const date = cron.nextRun(new Date(after - delay));
    return date === null ? null : date.getTime() + delay;
  };
  return {
    next,
    *due(after, until) {
      for (let due = next(after); due !== null && due <= until; due = next(due)) yield due;
    },
    isTimely: () => true,
  };
}

/** Cycles at all times, in step with the start of Unix time. */
function createIntervalDueTimes(every: Duration, delay: Duration): DueTimeSeries {
  const next = (after: Instant): Instant => (Math.floor((after - delay) / every) + 1) * every + delay;
  return {
    next,
    *due(after, until) {
      for (let due = next(after); due <= until; due += every) yield due;
    },
    isTimely: () => true,
  };
}

/** How far ahead a session is looked for: no exchange was ever closed for so long. */
const maxClosureDays = 40;

/** Cycles of every session, from its open up to and without its close. */
function createSessionDueTimes(calendar: Calendar, every: Duration, delay: Duration): DueTimeSeries {
  function* dueBetweenDates(after: Instant, from: string, to: string): Generator<Instant> {
    for (const { open, close } of calendar.sessions(from, to)) {
      const first = open + delay;
      const skipped = after < first ? 0 : Math.floor((after - first) / every) + 1;
      for (let due = first + skipped * every; due < close; due += every) yield due;
    }
  }
  return {
    next(after) {
      const today = calendar.dateAt(after);
      for (const due of dueBetweenDates(after, today, addDays(today, maxClosureDays))) return due;
      return null;
    },
    *due(after, until) {
      for (const due of dueBetweenDates(after, calendar.dateAt(after), addDays(calendar.dateAt(until), 1))) {
        if (due > until) return;
        yield due;
      }
    },
    isTimely(due, at) {
      const [session] = calendar.sessions(calendar.dateAt(due), addDays(calendar.dateAt(due), 1));
      return session !== undefined && at < session.close;
    },
  };
}
