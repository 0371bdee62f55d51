import { isWeekend, monday } from '../core/time/weekday.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { parseHours } from './exchange-definition.js';
import type { ExchangeDefinition } from './exchange-definition.js';
import {
  christmasHolidays,
  goodFriday,
  makeDate,
  moveWeekendToMonday,
  nthWeekday,
  weekdayOnOrAfter,
} from './holiday-rules.js';

const regularTradingHours = parseHours('09:30-16:00');
const earlyCloseHours = parseHours('09:30-13:00');

export const torontoExchange: ExchangeDefinition = {
  exchange: 'XTSE',
  timeZone: 'America/Toronto',
  firstYear: 2010,
  lastPublishedYear: 2026,
  regularHours: () => regularTradingHours,
  closedDays,
  // Christmas Eve is short if it is a weekday; the Friday before one on a weekend is not.
  specialSessions: (year) => {
    const christmasEve = makeDate(year, 12, 24);
    return new Map(isWeekend(christmasEve) ? [] : [[christmasEve, earlyCloseHours]]);
  },
  hasUnannouncedHours: () => false,
};

function closedDays(year: number): ReadonlySet<LocalDate> {
  return new Set([
    moveWeekendToMonday(makeDate(year, 1, 1)),
    nthWeekday(year, 2, monday, 3), // Family Day
    goodFriday(year),
    addDays(weekdayOnOrAfter(makeDate(year, 5, 25), monday), -7), // Victoria Day: the Monday before 25 May
    moveWeekendToMonday(makeDate(year, 7, 1)), // Canada Day
    nthWeekday(year, 8, monday, 1), // Civic Holiday
    nthWeekday(year, 9, monday, 1), // Labour Day
    nthWeekday(year, 10, monday, 2), // Thanksgiving
    ...christmasHolidays(year),
  ]);
}
