import { formatDuration } from '../core/duration.js';
import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { zoneOffset } from '../core/zone.js';
import type { Schedule } from '../pipeline/pipeline.js';
import { calendarNamed } from './calendars.js';

/** A schedule in a few words. */
export function scheduleText({ times }: Schedule): string {
  if (times.kind === 'cron') return `${times.cron} (${times.timeZone})`;
  const during = times.market === null ? '' : ` while ${times.market} is open`;
  return `every ${formatDuration(times.every)}${during}`;
}

/** The zone whose clocks a schedule goes by. */
export function zoneOfSchedule({ times }: Schedule): string {
  if (times.kind === 'cron') return times.timeZone;
  return times.market === null ? 'UTC' : calendarNamed(times.market).timeZone;
}

/** An instant as clocks of a zone show it, and in UTC: `2026-11-23 18:30 New York = 23:30Z`. */
export function zonedText(instant: Instant, zone: string): string {
  const offset = zoneOffset(zone, instant);
  if (offset === 0) return isoInstant(instant);
  const [there = '', utc = ''] = [instant + offset, instant].map((at) =>
    isoInstant(at).replace(/(:00)?(\.\d+)?Z$/, ''),
  );
  const utcTime = there.slice(0, 10) === utc.slice(0, 10) ? utc.slice(11) : utc;
  return `${there.replace('T', ' ')} ${placeOf(zone)} = ${utcTime}Z`;
}

/** `America/Argentina/Buenos_Aires` is Buenos Aires to people. */
function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}
