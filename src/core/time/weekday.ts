import { toDayNumber } from './time.js';
import type { LocalDate } from './time.js';

/** Days of the week as `getWeekday` numbers them. */
export const sunday = 0;
export const monday = 1;
export const tuesday = 2;
export const thursday = 4;
export const friday = 5;
export const saturday = 6;

/** The day of the week of a day number; day 0, 1 January 1970, was a Thursday. */
export function toWeekday(dayNumber: number): number {
  return (((dayNumber + thursday) % 7) + 7) % 7;
}

/** The day of the week of a date: 0 is Sunday, 6 is Saturday. */
export function getWeekday(date: LocalDate): number {
  return toWeekday(toDayNumber(date));
}

export function isWeekend(date: LocalDate): boolean {
  const weekday = getWeekday(date);
  return weekday === saturday || weekday === sunday;
}

const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `Saturday`: the English name of the day of the week of a date. */
export function weekdayName(date: LocalDate): string {
  return weekdayNames[getWeekday(date)] ?? '';
}
