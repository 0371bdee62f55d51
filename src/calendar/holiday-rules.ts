import { sunday, monday, saturday, getWeekday, isWeekend } from '../core/time/weekday.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';

/** A date of a year: `makeDate(2024, 7, 4)` is `2024-07-04`. */
export function makeDate(year: number, month: number, dayOfMonth: number): LocalDate {
  return `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
}

/** The first given weekday on or after a date. */
export function weekdayOnOrAfter(date: LocalDate, weekday: number): LocalDate {
  return addDays(date, (weekday - getWeekday(date) + 7) % 7);
}

/** The n-th given weekday of a month, counted from 1. */
export function nthWeekday(year: number, month: number, weekday: number, n: number): LocalDate {
  return addDays(weekdayOnOrAfter(makeDate(year, month, 1), weekday), (n - 1) * 7);
}

/** The date itself on a weekday, the next Monday on a weekend. */
export function moveWeekendToMonday(date: LocalDate): LocalDate {
  return isWeekend(date) ? weekdayOnOrAfter(date, monday) : date;
}

export function lastWeekdayOnOrBefore(date: LocalDate): LocalDate {
  const weekday = getWeekday(date);
  if (weekday === saturday) return addDays(date, -1);
  return weekday === sunday ? addDays(date, -2) : date;
}

/** Easter Sunday of the Gregorian calendar: the Sunday after the ecclesiastical full moon of spring. */
export function easterSunday(year: number): LocalDate {
  const century = Math.floor(year / 100);
  const goldenNumber = year % 19;
  const moonCorrection = century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25);
  const age = (19 * goldenNumber + moonCorrection + 15) % 30;
  // Days from 21 March to the full moon; the two latest dates move up so that it never leaves the lunar month.
  const fullMoon = age - (age === 29 || (age === 28 && goldenNumber > 10) ? 1 : 0);
  return weekdayOnOrAfter(addDays(makeDate(year, 3, 21), fullMoon + 1), sunday);
}

export function goodFriday(year: number): LocalDate {
  return addDays(easterSunday(year), -2);
}

/** Christmas and Boxing Day; one on a weekend is observed on the next free weekday. */
export function christmasHolidays(year: number): LocalDate[] {
  return [makeDate(year, 12, 25), makeDate(year, 12, 26)].map((date) => (isWeekend(date) ? addDays(date, 2) : date));
}
