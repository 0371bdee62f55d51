import { Cron } from 'croner';
import { parseDuration } from '../../../core/time/duration.js';
import { day, minute } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import { explainCron } from './explain-cron.js';
import type { PipelineFile } from '../schema.generated.js';

/** A Monday in January: the following weeks have no change of clocks, so they are typical. */
const sampleStart: Instant = Date.UTC(2024, 0, 1) - 1;
const sampleEnd: Instant = sampleStart + 35 * day;

/** Limit for dense schedules, whose due times repeat long before the end of the sample. */
const maxSamples = 300;

/**
 * Returns the shortest interval between two due times; null without a schedule, for an invalid one, and for one with fewer
 * than two due times in the sample. The result depends only on the schedule.
 */
export function getMinDueInterval(schedule: PipelineFile['schedule']): Duration | null {
  if (schedule?.cron !== undefined)
    return explainCron(schedule.cron) === null ? measureMinCronInterval(schedule.cron) : null;
  const every = schedule?.every === undefined ? null : parseDuration(schedule.every);
  return every?.ok === true && every.value > 0 ? every.value : null;
}

/** Uses UTC, which is a hundred times as fast as a time zone and gives the same intervals. */
function measureMinCronInterval(line: string): Duration | null {
  const cron = new Cron(line, { mode: '5-part', utcOffset: 0, paused: true });
  let minInterval = Infinity;
  let previous = -Infinity;
  let date = cron.nextRun(new Date(sampleStart));
  for (let count = 0; count < maxSamples && date !== null && date.getTime() < sampleEnd; count++) {
    minInterval = Math.min(minInterval, date.getTime() - previous);
    if (minInterval <= minute) return minInterval;
    previous = date.getTime();
    date = cron.nextRun(date);
  }
  return Number.isFinite(minInterval) ? minInterval : null;
}
