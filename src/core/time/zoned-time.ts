import { getZoneOffset } from './time-zone.js';
import type { Instant } from './time.js';
import type { Window } from './window.js';

/*
 * Times for people: in the time zone of the exchange for market data, in that of the schedule for due times, and in that of the
 * viewer for everything else; always with the name of the zone. Machines read ISO 8601 in UTC: `formatInstant`.
 */

/** `2026-11-23 18:30 New York`, with seconds where they are not zero. */
export function formatZonedTime(instant: Instant, zone: string): string {
  return `${toText(instant, zone).replace(/:00$/, '')} ${formatZoneName(zone)}`;
}

/** `2026-11-23 18:30:05 New York`, with seconds also where they are zero: for columns and logs. */
export function formatZonedSeconds(instant: Instant, zone: string): string {
  return `${toText(instant, zone)} ${formatZoneName(zone)}`;
}

/** `2026-11-20 09:30 to 2026-11-20 16:00 New York`. */
export function formatZonedWindow({ start, end }: Window, zone: string): string {
  return `${toText(start, zone).replace(/:00$/, '')} to ${formatZonedTime(end, zone)}`;
}

/** An instant in a zone and in UTC: `2026-11-23 18:30 New York = 23:30Z`. */
export function formatZonedAndUtc(instant: Instant, zone: string): string {
  if (formatZoneName(zone) === 'UTC') return formatZonedTime(instant, zone);
  const utc = toText(instant, 'UTC').replace(/:00$/, '').replace(' ', 'T');
  const isSameDate = toText(instant, zone).slice(0, 10) === utc.slice(0, 10);
  return `${formatZonedTime(instant, zone)} = ${isSameDate ? utc.slice(11) : utc}Z`;
}

/** The time zone of the person who reads the output: that of the process, which `TZ` sets. */
export function getViewerZone(): string {
  viewerZone ??= new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return viewerZone;
}

let viewerZone: string | null = null;

/** `formatZonedTime` for the viewer. */
export function formatTime(instant: Instant): string {
  return formatZonedTime(instant, getViewerZone());
}

/** A due time in the zone of its schedule; one without a zone is shown in that of the viewer. */
export function formatDueTime(due: Instant, zone: string | null | undefined): string {
  return formatZonedTime(due, zone ?? getViewerZone());
}

/** `formatZonedSeconds` for the viewer. */
export function formatTimeSeconds(instant: Instant): string {
  return formatZonedSeconds(instant, getViewerZone());
}

/** `2026-11-23 18:30:05`, truncated to the second. */
function toText(instant: Instant, zone: string): string {
  return new Date(instant + getZoneOffset(zone, instant)).toISOString().slice(0, 19).replace('T', ' ');
}

/** `America/Argentina/Buenos_Aires` is Buenos Aires. */
export function formatZoneName(zone: string): string {
  if (zone === 'Asia/Calcutta') return 'Kolkata';
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}
