import { formatDuration } from '../../core/time/duration.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { getZoneOffset } from '../../core/time/time-zone.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';

/** `30 18 * * 1-5 (America/New_York)`, `every 5m while XNYS is open`. */
export function formatSchedule({ times }: Schedule): string {
  if (times.kind === 'cron') return `${times.cron} (${times.timeZone})`;
  const marketHours = times.market === null ? '' : ` while ${times.market} is open`;
  return `every ${formatDuration(times.every)}${marketHours}`;
}

export function getScheduleZone({ times }: Schedule): string {
  if (times.kind === 'cron') return times.timeZone;
  return times.market === null ? 'UTC' : getCalendarOrExit(times.market).timeZone;
}

/** An instant in a zone: `2026-11-23 18:30 New York`. */
export function formatLocal(instant: Instant, zone: string): string {
  const offset = getZoneOffset(zone, instant);
  if (offset === 0) return formatInstant(instant);
  return `${toMinutes(instant + offset).replace('T', ' ')} ${formatZoneName(zone)}`;
}

/** An instant in a zone and in UTC: `2026-11-23 18:30 New York = 23:30Z`. */
export function formatZoned(instant: Instant, zone: string): string {
  const offset = getZoneOffset(zone, instant);
  if (offset === 0) return formatInstant(instant);
  const utc = toMinutes(instant);
  const isSameDate = toMinutes(instant + offset).slice(0, 10) === utc.slice(0, 10);
  return `${formatLocal(instant, zone)} = ${isSameDate ? utc.slice(11) : utc}Z`;
}

/** `2026-11-23T18:30`, with seconds where they are not zero. */
function toMinutes(instant: Instant): string {
  return formatInstant(instant).replace(/(:00)?(\.\d+)?Z$/, '');
}

/** `America/Argentina/Buenos_Aires` is Buenos Aires. */
function formatZoneName(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}
