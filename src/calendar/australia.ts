import { isWeekend, monday } from '../core/time/weekday.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { parseDates, parseHours } from './exchange-definition.js';
import type { ExchangeDefinition, SessionHours } from './exchange-definition.js';
import {
  christmasHolidays,
  makeDate,
  easterSunday,
  goodFriday,
  lastWeekdayOnOrBefore,
  nthWeekday,
  moveWeekendToMonday,
  weekdayOnOrAfter,
} from './holiday-rules.js';

// Continuous trading ends at 16:00; the closing auction about ten minutes later is not part of the session.
const regularTradingHours = parseHours('10:00-16:00');

/** Closings outside the rules. */
const unscheduledClosings: Readonly<Record<number, string>> = {
  1990: '12-31',
  1999: '12-31', // the eve of the year 2000
  2010: '04-26', // Anzac Day fell on a Sunday; observed on Monday only this year
  2011: '04-26', // Anzac Day fell on Easter Monday; Easter Tuesday was added
  2022: '09-22', // mourning for Queen Elizabeth
};

/** Early closings outside the rules. */
const unscheduledEarlyCloses: Readonly<Record<number, string>> = {
  2004: '01-02', // the Friday after New Year's Day
};

// The trading calendars of 2003 to 2006 name other minutes. Before 2003 the days were shortened, but the minute is not
// known; they use the present one.
const earlyCloseHours = parseHours('10:00-14:10');
const historicalEarlyCloseHours: Readonly<Record<number, SessionHours>> = {
  2003: parseHours('10:00-14:05'),
  2004: parseHours('10:00-14:05'),
  2005: parseHours('10:00-14:05'),
  2006: parseHours('10:00-14:15'),
};

export const australianExchange: ExchangeDefinition = {
  exchange: 'XASX',
  timeZone: 'Australia/Sydney',
  firstYear: 1990,
  lastPublishedYear: 2026,
  regularHours: () => regularTradingHours,
  closedDays,
  specialSessions: computeSpecialSessions,
  hasUnannouncedHours: () => false,
};

/** The national holidays of the trading calendar; state holidays are trading days. */
function closedDays(year: number): ReadonlySet<LocalDate> {
  const easter = easterSunday(year);
  return new Set([
    moveWeekendToMonday(makeDate(year, 1, 1)),
    ...australiaDay(year),
    addDays(easter, -2),
    addDays(easter, 1),
    makeDate(year, 4, 25), // Anzac Day is not moved off a weekend
    nthWeekday(year, 6, monday, 2), // the sovereign's birthday
    ...christmasHolidays(year),
    ...parseDates(year, unscheduledClosings[year]),
  ]);
}

/** Until 1992 observed on the Monday from 26 January; in 1993 the states disagreed and the exchange stayed open. */
function australiaDay(year: number): LocalDate[] {
  const date = makeDate(year, 1, 26);
  if (year === 1993) return [];
  return [year < 1993 ? weekdayOnOrAfter(date, monday) : moveWeekendToMonday(date)];
}

/**
 * Early closings: the last session before Christmas, the last of the year, and until 2008 the one before Good Friday.
 * Since 2022 only 24 and 31 December themselves are shortened: if they fall on a weekend, the Friday is a full day.
 */
function computeSpecialSessions(year: number): ReadonlyMap<LocalDate, SessionHours> {
  const days = [...parseDates(year, unscheduledEarlyCloses[year])];
  for (const eve of [makeDate(year, 12, 24), makeDate(year, 12, 31)]) {
    if (year < 2022) days.push(lastSessionOnOrBefore(eve));
    else if (!isWeekend(eve)) days.push(eve);
  }
  if (year <= 2008) days.push(addDays(goodFriday(year), -1));
  const close = historicalEarlyCloseHours[year] ?? earlyCloseHours;
  return new Map(days.map((date) => [date, close]));
}

function lastSessionOnOrBefore(eve: LocalDate): LocalDate {
  const closed = new Set(parseDates(Number(eve.slice(0, 4)), unscheduledClosings[Number(eve.slice(0, 4))]));
  const date = lastWeekdayOnOrBefore(eve);
  return closed.has(date) ? lastWeekdayOnOrBefore(addDays(date, -1)) : date;
}
