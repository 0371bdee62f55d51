import { formatZoneName, formatZonedTime, formatZonedWindow } from '../../core/time/zoned-time.js';
import { getZoneOffset, toZonedDate } from '../../core/time/time-zone.js';
import { day } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';

/** The zone of windows whose exchange is unknown. */
const unknownZone = 'UTC';

/** A window of market data in the zone of its exchange: `2026-11-16 → 2026-11-21 New York`, with times where they matter. */
export function formatSpan(window: Window, zone: string = unknownZone): string {
  const { start, end } = window;
  if (!isMidnight(start, zone) || !isMidnight(end, zone)) return formatZonedWindow(window, zone).replace(' to ', ' → ');
  return `${toZonedDate(zone, start)} → ${toZonedDate(zone, end)} ${formatZoneName(zone)}`;
}

/** An instant of market data in the zone of its exchange: `2026-11-20 16:00 New York`, or the date at midnight. */
export function formatMoment(instant: Instant, zone: string = unknownZone): string {
  return isMidnight(instant, zone)
    ? `${toZonedDate(zone, instant)} ${formatZoneName(zone)}`
    : formatZonedTime(instant, zone);
}

function isMidnight(instant: Instant, zone: string): boolean {
  return (instant + getZoneOffset(zone, instant)) % day === 0;
}
