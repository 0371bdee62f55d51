import { createHash } from 'node:crypto';

import { Cron } from 'croner';

import type { Calendar } from '../../core/time/calendar.js';
import { addDays } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';

/** The due times of one pipeline, jitter included. */
export interface DueTimeSeries {
  /** The due times in `(after, until]`, in order. */
  due(after: Instant, until: Instant): Iterable<Instant>;
  /** The first due time after an instant; null if there is none. */
  next(after: Instant): Instant | null;
  /**
   * Returns whether a run for a due time is still useful at an instant: during market hours only until the session
   * closes.
   */
  isTimely(due: Instant, at: Instant): boolean;
}

export interface DueTimeOptions {
  readonly schedule: Schedule;
  /** The pipeline's name, from which its jitter is computed. */
  readonly name: string;
  readonly calendar: (name: string) => Calendar;
}

/** Creates the due times of a schedule. They depend on nothing but the options. */
export function createDueTimes({ schedule, name, calendar }: DueTimeOptions): DueTimeSeries {
  const { times } = schedule;
  const delay = computeJitter(name, schedule.jitter);
  if (times.kind === 'cron') return createCronDueTimes(times.cron, times.timeZone, delay);
  if (times.market !== null) return createSessionDueTimes(calendar(times.market), times.every, delay);
  return createIntervalDueTimes(times.every, delay);
}

/** Computes the start delay of a pipeline: uniform over names, always the same for one name. */
export function computeJitter(name: string, maxJitter: Duration): Duration {
  const share = createHash('sha256').update(name).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(share * maxJitter);
}

/** Due times of a cron expression in its time zone. */
function createCronDueTimes(expression: string, timeZone: string, delay: Duration): DueTimeSeries {
  // Paused, as croner only computes the times here and must not start a timer.
  const cron = new Cron(expression, { mode: '5-part', timezone: timeZone, paused: true });
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

/** Due times at fixed intervals since the start of Unix time. */
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

/** The maximum number of consecutive days that an exchange was closed. */
const maxClosureDays = 40;

/** Due times of every session, from its open (inclusive) to its close (exclusive). */
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
