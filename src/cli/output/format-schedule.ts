import { formatDuration } from '../../core/time/duration.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { getZoneOffset } from '../../core/time/time-zone.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';

/** A schedule in a few words. */
export function formatSchedule({ times }: Schedule): string {
  if (times.kind === 'cron') return `${times.cron} (${times.timeZone})`;
  const marketHours = times.market === null ? '' : ` while ${times.market} is open`;
  return `every ${formatDuration(times.every)}${marketHours}`;
}

/** The zone whose clocks a schedule goes by. */
export function getScheduleZone({ times }: Schedule): string {
  if (times.kind === 'cron') return times.timeZone;
  return times.market === null ? 'UTC' : getCalendarOrExit(times.market).timeZone;
}

/** An instant as clocks of a zone show it, and in UTC: `2026-11-23 18:30 New York = 23:30Z`. */
export function formatZoned(instant: Instant, zone: string): string {
  const offset = getZoneOffset(zone, instant);
  if (offset === 0) return formatInstant(instant);
  const [there = '', utc = ''] = [instant + offset, instant].map((at) =>
    formatInstant(at).replace(/(:00)?(\.\d+)?Z$/, ''),
  );
  const utcTime = there.slice(0, 10) === utc.slice(0, 10) ? utc.slice(11) : utc;
  return `${there.replace('T', ' ')} ${formatZoneName(zone)} = ${utcTime}Z`;
}

/** `America/Argentina/Buenos_Aires` is Buenos Aires to people. */
function formatZoneName(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}
