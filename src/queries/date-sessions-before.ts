import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';

/** A date that so many trading days, the given one among them, do not reach behind: some 252 of them make a year. */
export function dateSessionsBefore(date: LocalDate, sessions: number): LocalDate {
  return addDays(date, -Math.ceil((sessions * 365) / 252) - 7);
}
