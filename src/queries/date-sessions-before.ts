import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';

/** Returns a date that is at least the given number of sessions before `date`; a year has about 252 sessions. */
export function dateSessionsBefore(date: LocalDate, sessions: number): LocalDate {
  return addDays(date, -Math.ceil((sessions * 365) / 252) - 7);
}
