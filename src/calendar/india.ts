import type { LocalDate } from '../core/time/time.js';
import { parseDates, parseSessions, parseHours } from './exchange-definition.js';
import type { ExchangeDefinition, SessionHours } from './exchange-definition.js';
import { makeDate, goodFriday } from './holiday-rules.js';

// From 4 January 2010 trading began at 09:00; since 18 October 2010 an opening auction takes the first quarter hour.
const regularTradingHours = parseHours('09:15-15:30');
const regularTradingHours2010 = parseHours('09:00-15:30');
const openingAuctionStart: LocalDate = '2010-10-18';

const lastPublishedYear = 2026;

/** Closed weekdays, from the yearly circulars and later announcements: elections, mourning, moved holidays. */
const weekdayClosings: Readonly<Record<number, string>> = {
  2010: '01-01 01-26 02-12 03-01 03-24 04-02 04-14 09-10 11-17 12-17',
  2011: '01-26 03-02 04-12 04-14 04-22 08-15 08-31 09-01 10-06 10-27 11-07 11-10 12-06',
  2012: '01-26 02-20 03-08 04-05 04-06 05-01 08-15 08-20 09-19 10-02 10-24 11-14 11-28 12-25',
  2013: '03-27 03-29 04-19 04-24 05-01 08-09 08-15 09-09 10-02 10-16 11-04 11-15 12-25',
  2014: '02-27 03-17 04-08 04-14 04-18 04-24 05-01 07-29 08-15 08-29 10-02 10-03 10-06 10-15 10-24 11-04 11-06 12-25',
  2015: '01-26 02-17 03-06 04-02 04-03 04-14 05-01 09-17 09-25 10-02 10-22 11-12 11-25 12-25',
  2016: '01-26 03-07 03-24 03-25 04-14 04-15 04-19 07-06 08-15 09-05 09-13 10-11 10-12 10-31 11-14',
  2017: '01-26 02-24 03-13 04-04 04-14 05-01 06-26 08-15 08-25 10-02 10-20 12-25',
  2018: '01-26 02-13 03-02 03-29 03-30 05-01 08-15 08-22 09-13 09-20 10-02 10-18 11-08 11-23 12-25',
  2019: '03-04 03-21 04-17 04-19 04-29 05-01 06-05 08-12 08-15 09-02 09-10 10-02 10-08 10-21 10-28 11-12 12-25',
  2020: '02-21 03-10 04-02 04-06 04-10 04-14 05-01 05-25 10-02 11-16 11-30 12-25',
  2021: '01-26 03-11 03-29 04-02 04-14 04-21 05-13 07-21 08-19 09-10 10-15 11-05 11-19',
  2022: '01-26 03-01 03-18 04-14 04-15 05-03 08-09 08-15 08-31 10-05 10-26 11-08',
  2023: '01-26 03-07 03-30 04-04 04-07 04-14 05-01 06-29 08-15 09-19 10-02 10-24 11-14 11-27 12-25',
  2024: '01-22 01-26 03-08 03-25 03-29 04-11 04-17 05-01 05-20 06-17 07-17 08-15 10-02 11-15 11-20 12-25',
  2025: '02-26 03-14 03-31 04-10 04-14 04-18 05-01 08-15 08-27 10-02 10-22 11-05 12-25',
  2026: '01-15 01-26 03-03 03-26 03-31 04-03 04-14 05-01 05-28 06-26 09-14 10-02 10-20 11-10 11-24 12-25',
};

/** Muhurat trading: about one hour on Diwali, which is otherwise a holiday. */
const muhuratSessions: Readonly<Record<LocalDate, string>> = {
  '2010-11-05': '18:15-19:15',
  '2011-10-26': '16:45-18:00',
  '2012-11-13': '15:45-17:00',
  '2013-11-03': '18:15-19:30', // Sunday
  '2014-10-23': '18:30-19:30',
  '2015-11-11': '17:45-18:45',
  '2016-10-30': '18:30-19:30', // Sunday
  '2017-10-19': '18:30-19:30',
  '2018-11-07': '17:30-18:30',
  '2019-10-27': '18:15-19:15', // Sunday
  '2020-11-14': '18:15-19:15', // Saturday
  '2021-11-04': '18:15-19:15',
  '2022-10-24': '18:15-19:15',
  '2023-11-12': '18:15-19:15', // Sunday
  '2024-11-01': '18:00-19:00',
  '2025-10-21': '13:45-14:45', // the first in the afternoon
  '2026-11-08': '18:15-19:15', // Sunday; the day is announced, the hours are those of most years
};

const datesWithoutHours: ReadonlySet<LocalDate> = new Set(['2026-11-08']);

/** Sessions on a Saturday or Sunday, and the one day that ran late. */
const extraSessions: Readonly<Record<LocalDate, string>> = {
  '2010-02-06': '11:00-12:30', // new trading system
  '2012-01-07': '11:15-12:45', // new trading system
  '2012-03-03': '11:15-12:45', // new trading system
  '2012-04-28': '11:15-12:45', // new trading system for derivatives
  '2012-09-08': '11:15-12:45', // from the disaster recovery site
  '2013-05-11': '11:15-12:45', // from the disaster recovery site
  '2014-03-22': '11:15-12:45', // from the disaster recovery site
  '2015-02-28': '09:15-15:30', // budget
  '2020-02-01': '09:15-15:30', // budget
  '2021-02-24': '09:15-17:00', // extended after an outage of NSE from 11:40 to 15:45
  '2024-01-20': '09:15-15:30', // in place of the following Monday
  '2024-03-02': '09:15-12:30', // 09:15 to 10:00, then 11:30 to 12:30 from the disaster recovery site
  '2024-05-18': '09:15-12:30', // the same
  '2025-02-01': '09:15-15:30', // budget
  '2026-02-01': '09:15-15:30', // budget, on a Sunday
};

/** NSE and BSE have had the same days and hours since 2010; one table serves both. */
export function indianExchange(exchange: 'XNSE' | 'XBOM'): ExchangeDefinition {
  return {
    exchange,
    timeZone: 'Asia/Kolkata',
    firstYear: 2010,
    lastPublishedYear,
    regularHours: (date) => (date < openingAuctionStart ? regularTradingHours2010 : regularTradingHours),
    closedDays: (year) =>
      new Set(year <= lastPublishedYear ? parseDates(year, weekdayClosings[year]) : predictableHolidays(year)),
    specialSessions: computeSpecialSessions,
    hasUnannouncedHours: (date) => datesWithoutHours.has(date),
  };
}

function computeSpecialSessions(year: number): ReadonlyMap<LocalDate, SessionHours> {
  return new Map([...parseSessions(muhuratSessions, year), ...parseSessions(extraSessions, year)]);
}

/**
 * The holidays of a year that are known before its circular: fixed dates and Good Friday. Most others follow the moon,
 * and the exchanges announce them late in the year before. A projected year therefore has about eight sessions too many
 * and no Muhurat session.
 */
export function predictableHolidays(year: number): LocalDate[] {
  return [
    makeDate(year, 1, 26), // Republic Day
    goodFriday(year),
    makeDate(year, 4, 14), // Ambedkar's birthday
    makeDate(year, 5, 1), // Maharashtra Day
    makeDate(year, 8, 15), // Independence Day
    makeDate(year, 10, 2), // Gandhi's birthday
    makeDate(year, 12, 25), // Christmas
  ];
}
