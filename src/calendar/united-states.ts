import { isWeekend, monday, saturday, sunday, thursday, getWeekday } from '../core/time/weekday.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { parseDates, parseSessions, parseHours } from './exchange-definition.js';
import type { ExchangeDefinition, SessionHours } from './exchange-definition.js';
import { makeDate, goodFriday, nthWeekday, moveWeekendToMonday, weekdayOnOrAfter } from './holiday-rules.js';

const regularTradingHours = parseHours('09:30-16:00');
const earlyCloseHours = parseHours('09:30-13:00');

/** The years whose holidays and early closings NYSE has announced: 2028 in December 2025. */
const lastPublishedYear = 2028;

/** Closings outside the rules. */
const unscheduledClosings: Readonly<Record<number, string>> = {
  1994: '04-27', // mourning for Richard Nixon
  2001: '09-11 09-12 09-13 09-14', // attack on the World Trade Center
  2004: '06-11', // mourning for Ronald Reagan
  2007: '01-02', // mourning for Gerald Ford
  2012: '10-29 10-30', // hurricane Sandy
  2018: '12-05', // mourning for George H. W. Bush
  2025: '01-09', // mourning for Jimmy Carter
};

/** Days that close at 13:00: around Independence Day, after Thanksgiving, before or after Christmas. */
const earlyCloses: Readonly<Record<number, string>> = {
  1993: '11-26',
  1994: '11-25',
  1995: '07-03 11-24',
  1996: '07-05 11-29 12-24',
  1997: '07-03 11-28 12-24 12-26',
  1998: '11-27 12-24',
  1999: '11-26 12-31', // New Year's Eve: hours to prepare for the year 2000
  2000: '07-03 11-24',
  2001: '07-03 11-23 12-24',
  2002: '07-05 11-29 12-24',
  2003: '07-03 11-28 12-24 12-26',
  2004: '11-26',
  2005: '11-25',
  2006: '07-03 11-24',
  2007: '07-03 11-23 12-24',
  2008: '07-03 11-28 12-24',
  2009: '11-27 12-24',
  2010: '11-26',
  2011: '11-25',
  2012: '07-03 11-23 12-24',
  2013: '07-03 11-29 12-24',
  2014: '07-03 11-28 12-24',
  2015: '11-27 12-24',
  2016: '11-25',
  2017: '07-03 11-24',
  2018: '07-03 11-23 12-24',
  2019: '07-03 11-29 12-24',
  2020: '11-27 12-24',
  2021: '11-26',
  2022: '11-25',
  2023: '07-03 11-24',
  2024: '07-03 11-29 12-24',
  2025: '07-03 11-28 12-24',
  2026: '11-27 12-24',
  2027: '11-26',
  2028: '07-03 11-24',
};

// A moment of silence at the bell and an outage during the day do not change the announced hours, so neither is listed.
const irregularHours: Readonly<Record<LocalDate, string>> = {
  '1990-12-24': '09:30-14:00',
  '1990-12-27': '11:00-16:00', // transformer fire in the data centre of the exchanges
  '1991-12-24': '09:30-14:00',
  '1992-11-27': '09:30-14:00',
  '1992-12-24': '09:30-14:00',
  '1994-02-11': '09:30-14:30', // snowstorm
  '1995-12-18': '10:30-16:00', // computer failure
  '1996-01-08': '11:00-14:00', // blizzard
  '1997-10-27': '09:30-15:30', // second circuit breaker of the day: closed until the morning
  '2002-09-11': '12:00-16:00', // first anniversary of the attack
};

/** NYSE and Nasdaq close on the same days and at the same hours; one table serves both. */
export function unitedStatesExchange(exchange: 'XNYS' | 'XNAS'): ExchangeDefinition {
  return {
    exchange,
    timeZone: 'America/New_York',
    firstYear: 1990,
    lastPublishedYear,
    regularHours: () => regularTradingHours,
    closedDays: (year) => new Set([...holidays(year), ...parseDates(year, unscheduledClosings[year])]),
    specialSessions: computeSpecialSessions,
    hasUnannouncedHours: () => false,
  };
}

function computeSpecialSessions(year: number): ReadonlyMap<LocalDate, SessionHours> {
  const early = year <= lastPublishedYear ? parseDates(year, earlyCloses[year]) : projectedEarlyCloses(year);
  const days = new Map<LocalDate, SessionHours>(early.map((date) => [date, earlyCloseHours]));
  for (const [date, irregular] of parseSessions(irregularHours, year)) days.set(date, irregular);
  return days;
}

/**
 * The holidays of NYSE rule 7.2. A holiday on a Sunday is observed on Monday and one on a Saturday on Friday, except
 * New Year's Day, whose Friday would end an accounting year.
 */
function holidays(year: number): LocalDate[] {
  const newYear = makeDate(year, 1, 1);
  return [
    getWeekday(newYear) === sunday ? addDays(newYear, 1) : newYear,
    ...(year >= 1998 ? [nthWeekday(year, 1, monday, 3)] : []), // Martin Luther King's birthday
    nthWeekday(year, 2, monday, 3), // Washington's birthday
    goodFriday(year),
    weekdayOnOrAfter(makeDate(year, 5, 25), monday), // Memorial Day
    ...(year >= 2022 ? [observedHoliday(makeDate(year, 6, 19))] : []), // Juneteenth
    observedHoliday(makeDate(year, 7, 4)),
    nthWeekday(year, 9, monday, 1), // Labor Day
    nthWeekday(year, 11, thursday, 4), // Thanksgiving
    observedHoliday(makeDate(year, 12, 25)),
  ];
}

function observedHoliday(date: LocalDate): LocalDate {
  return getWeekday(date) === saturday ? addDays(date, -1) : moveWeekendToMonday(date);
}

/** The early closings as announced every year since 2013. */
export function projectedEarlyCloses(year: number): LocalDate[] {
  const closedDates = new Set(holidays(year));
  const independenceEve = makeDate(year, 7, 3);
  const thanksgivingFriday = addDays(nthWeekday(year, 11, thursday, 4), 1);
  const christmasEve = makeDate(year, 12, 24);
  return [independenceEve, thanksgivingFriday, christmasEve].filter(
    (date) => !isWeekend(date) && !closedDates.has(date),
  );
}
