import { Cron } from 'croner';
import { parseDuration } from '../../../core/time/duration.js';
import { day, minute } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import { explainCron } from './explain-cron.js';
import type { PipelineFile } from '../schema.generated.js';

/** A Monday in January, when clocks are not changed: what holds of these weeks holds of nearly all. */
const sampleStart: Instant = Date.UTC(2024, 0, 1) - 1;
const sampleEnd: Instant = sampleStart + 35 * day;

/** Due times so close that this many do not fill the weeks repeat themselves long before. */
const maxSamples = 300;

/**
 * The shortest time from one due time to the next; null without a schedule, and for one that is wrong or is hardly ever due.
 * The same for a file always and everywhere.
 */
export function getMinDueInterval(schedule: PipelineFile['schedule']): Duration | null {
  if (schedule?.cron !== undefined)
    return explainCron(schedule.cron) === null ? measureMinCronInterval(schedule.cron) : null;
  const every = schedule?.every === undefined ? null : parseDuration(schedule.every);
  return every?.ok === true && every.value > 0 ? every.value : null;
}

/** Read in UTC: the clocks of every zone show the same times apart, and this reads them a hundred times as fast. */
function measureMinCronInterval(line: string): Duration | null {
  const cron = new Cron(line, { mode: '5-part', utcOffset: 0, paused: true });
  let shortest = Infinity;
  let previous = -Infinity;
  let date = cron.nextRun(new Date(sampleStart));
  for (let count = 0; count < maxSamples && date !== null && date.getTime() < sampleEnd; count++) {
    shortest = Math.min(shortest, date.getTime() - previous);
    if (shortest <= minute) return shortest;
    previous = date.getTime();
    date = cron.nextRun(date);
  }
  return Number.isFinite(shortest) ? shortest : null;
}
