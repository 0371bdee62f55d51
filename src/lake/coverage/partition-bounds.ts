import { addDays, day, toDayNumber, hour } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { toZonedInstant } from '../../core/time/time-zone.js';

/** The bounds of a table without periods. */
export const allTime: Window = { start: -8.64e15, end: 8.64e15 };

/**
 * The bounds of the rows in a folder: the whole local days of its period (`2026` or `2026-11`) in a time zone. If the zone is
 * unknown, every instant that lies in the period anywhere on earth: a window requested twice is better than one never requested.
 */
export function partitionBounds(period: string | null | undefined, zone: string | null): Window {
  const dates = parsePeriod(period);
  if (dates === null) return allTime;
  const { first, end } = dates;
  if (zone === null) return { start: toDayNumber(first) * day - 14 * hour, end: toDayNumber(end) * day + 12 * hour };
  return { start: toZonedInstant(zone, first, 0), end: toZonedInstant(zone, end, 0) };
}

function parsePeriod(period: string | null | undefined): { readonly first: LocalDate; readonly end: LocalDate } | null {
  const match = /^(\d{4})(?:-(\d{2}))?$/.exec(period ?? '');
  if (match === null) return null;
  const [, year = '', month] = match;
  if (month === undefined) return { first: `${year}-01-01`, end: `${String(Number(year) + 1).padStart(4, '0')}-01-01` };
  const first = `${year}-${month}-01`;
  return { first, end: `${addDays(first, 31).slice(0, 7)}-01` };
}
