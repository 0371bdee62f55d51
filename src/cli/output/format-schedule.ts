import { formatDuration } from '../../core/time/duration.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';

/** `30 18 * * 1-5 (America/New_York)`, `every 5m while XNYS is open`. */
export function formatSchedule({ times }: Schedule): string {
  if (times.kind === 'cron') return `${times.cron} (${times.timeZone})`;
  const marketHours = times.market === null ? '' : ` while ${times.market} is open`;
  return `every ${formatDuration(times.every)}${marketHours}`;
}
