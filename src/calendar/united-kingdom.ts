import { monday } from '../core/time/weekday.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { parseDates, parseHours } from './exchange-definition.js';
import type { ExchangeDefinition, SessionHours } from './exchange-definition.js';
import {
  christmasHolidays,
  easterSunday,
  lastWeekdayOnOrBefore,
  makeDate,
  moveWeekendToMonday,
  nthWeekday,
  weekdayOnOrAfter,
} from './holiday-rules.js';

// Continuous trading ends at 16:30; the closing auction of the next minutes is not part of the session.
const regularTradingHours = parseHours('08:00-16:30');
const earlyCloseHours = parseHours('08:00-12:30');

/** Bank holidays that were proclaimed once. */
const proclaimedHolidays: Readonly<Record<number, string>> = {
  2011: '04-29', // a royal wedding
  2012: '06-05', // the Queen's Diamond Jubilee
  2022: '06-03 09-19', // the Queen's Platinum Jubilee; her funeral
  2023: '05-08', // the King's coronation
};

/** The bank holiday of early May on another day than the first Monday. */
const movedMayDays: Readonly<Record<number, string>> = { 2020: '05-08' };

/** The bank holiday of late May on another day than the last Monday, for a jubilee. */
const movedSpringHolidays: Readonly<Record<number, string>> = { 2012: '06-04', 2022: '06-02' };

export const londonExchange: ExchangeDefinition = {
  exchange: 'XLON',
  timeZone: 'Europe/London',
  firstYear: 2010,
  lastPublishedYear: 2027,
  regularHours: () => regularTradingHours,
  closedDays,
  specialSessions: computeSpecialSessions,
  hasUnannouncedHours: () => false,
};

/** The bank holidays of England and Wales. */
function closedDays(year: number): ReadonlySet<LocalDate> {
  const easter = easterSunday(year);
  const mayDays = parseDates(year, movedMayDays[year]);
  const springHolidays = parseDates(year, movedSpringHolidays[year]);
  return new Set([
    moveWeekendToMonday(makeDate(year, 1, 1)),
    addDays(easter, -2),
    addDays(easter, 1),
    ...(mayDays.length > 0 ? mayDays : [nthWeekday(year, 5, monday, 1)]),
    ...(springHolidays.length > 0 ? springHolidays : [weekdayOnOrAfter(makeDate(year, 5, 25), monday)]),
    weekdayOnOrAfter(makeDate(year, 8, 25), monday),
    ...christmasHolidays(year),
    ...parseDates(year, proclaimedHolidays[year]),
  ]);
}

/** The last session before Christmas and the last of the year end at 12:30. */
function computeSpecialSessions(year: number): ReadonlyMap<LocalDate, SessionHours> {
  return new Map(
    [makeDate(year, 12, 24), makeDate(year, 12, 31)].map((eve) => [lastWeekdayOnOrBefore(eve), earlyCloseHours]),
  );
}
