import type { LocalDate } from '../core/time/time.js';
import { addDays } from '../core/time/time.js';
import { parseDates, parseHours, parseSessions } from './exchange-definition.js';
import type { ExchangeDefinition, SessionHours } from './exchange-definition.js';
import { easterSunday } from './holiday-rules.js';

// Since March 2012 the morning begins at 09:30 and the break takes an hour; before, trading changed to that in two steps.
const regularTradingHours = parseHours('09:30-12:00 13:00-16:00');
const hoursOf2011 = parseHours('09:30-12:00 13:30-16:00');
const hoursBefore2011 = parseHours('10:00-12:30 14:30-16:00');
const earlierOpen: LocalDate = '2011-03-07';
const shorterBreak: LocalDate = '2012-03-05';

const lastPublishedYear = 2026;

/** Closed weekdays: public holidays, and days with a typhoon or a black rainstorm warning. */
const weekdayClosings: Readonly<Record<number, string>> = {
  2010: '01-01 02-15 02-16 04-02 04-05 04-06 05-21 06-16 07-01 09-23 10-01 12-27',
  2011: '02-03 02-04 04-05 04-22 04-25 05-02 05-10 06-06 07-01 09-13 09-29 10-05 12-26 12-27',
  2012: '01-02 01-23 01-24 01-25 04-04 04-06 04-09 05-01 07-02 10-01 10-02 10-23 12-25 12-26',
  2013: '01-01 02-11 02-12 02-13 03-29 04-01 04-04 05-01 05-17 06-12 07-01 08-14 09-20 10-01 10-14 12-25 12-26',
  2014: '01-01 01-31 02-03 04-18 04-21 05-01 05-06 06-02 07-01 09-09 10-01 10-02 12-25 12-26',
  2015: '01-01 02-19 02-20 04-03 04-06 04-07 05-01 05-25 07-01 09-03 09-28 10-01 10-21 12-25',
  2016: '01-01 02-08 02-09 02-10 03-25 03-28 04-04 05-02 06-09 07-01 08-02 09-16 10-10 10-21 12-26 12-27',
  2017: '01-02 01-30 01-31 04-04 04-14 04-17 05-01 05-03 05-30 08-23 10-02 10-05 12-25 12-26',
  2018: '01-01 02-16 02-19 03-30 04-02 04-05 05-01 05-22 06-18 07-02 09-25 10-01 10-17 12-25 12-26',
  2019: '01-01 02-05 02-06 02-07 04-05 04-19 04-22 05-01 05-13 06-07 07-01 10-01 10-07 12-25 12-26',
  2020: '01-01 01-27 01-28 04-10 04-13 04-30 05-01 06-25 07-01 10-01 10-02 10-13 10-26 12-25',
  2021: '01-01 02-12 02-15 04-02 04-05 04-06 05-19 06-14 07-01 09-22 10-01 10-13 10-14 12-27',
  2022: '02-01 02-02 02-03 04-05 04-15 04-18 05-02 05-09 06-03 07-01 09-12 10-04 12-26 12-27',
  2023: '01-02 01-23 01-24 01-25 04-05 04-07 04-10 05-01 05-26 06-22 07-17 09-01 09-08 10-02 10-23 12-25 12-26',
  2024: '01-01 02-12 02-13 03-29 04-01 04-04 05-01 05-15 06-10 07-01 09-06 09-18 10-01 10-11 12-25 12-26',
  2025: '01-01 01-29 01-30 01-31 04-04 04-18 04-21 05-01 05-05 07-01 10-01 10-07 10-29 12-25 12-26',
  2026: '01-01 02-17 02-18 02-19 04-03 04-06 04-07 05-01 05-25 06-19 07-01 10-01 10-19 12-25',
};

/** Mornings only: the eves of Christmas, of the year and of the lunar year. */
const halfDays: Readonly<Record<number, string>> = {
  2010: '12-24 12-31',
  2012: '12-24 12-31',
  2013: '12-24 12-31',
  2014: '01-30 12-24 12-31',
  2015: '02-18 12-24 12-31',
  2017: '01-27',
  2018: '02-15 12-24 12-31',
  2019: '02-04 12-24 12-31',
  2020: '01-24 12-24 12-31',
  2021: '02-11 12-24 12-31',
  2022: '01-31',
  2024: '02-09 12-24 12-31',
  2025: '01-28 12-24 12-31',
  2026: '02-16 12-24 12-31',
};

/** Trading that began late because of a typhoon or a rainstorm. */
const irregularHours: Readonly<Record<LocalDate, string>> = {
  '2012-07-24': '13:00-16:00',
  '2014-09-16': '13:00-16:00',
  '2021-06-28': '13:30-16:00',
};

export const hongKongExchange: ExchangeDefinition = {
  exchange: 'XHKG',
  timeZone: 'Asia/Hong_Kong',
  firstYear: 2010,
  lastPublishedYear,
  regularHours(date) {
    if (date >= shorterBreak) return regularTradingHours;
    return date >= earlierOpen ? hoursOf2011 : hoursBefore2011;
  },
  closedDays: (year) =>
    new Set(year <= lastPublishedYear ? parseDates(year, weekdayClosings[year]) : predictableHolidays(year)),
  specialSessions: computeSpecialSessions,
  hasUnannouncedHours: () => false,
};

function computeSpecialSessions(year: number): ReadonlyMap<LocalDate, SessionHours> {
  return new Map([
    ...parseDates(year, halfDays[year]).map((date) => [date, getMorning(date)] as const),
    ...parseSessions(irregularHours, year),
  ]);
}

function getMorning(date: LocalDate): SessionHours {
  return date >= earlierOpen ? parseHours('09:30-12:00') : parseHours('10:00-12:30');
}

/** Holidays on fixed dates and around Easter; those of the lunar calendar are announced year by year. */
function predictableHolidays(year: number): LocalDate[] {
  const easter = easterSunday(year);
  return [...parseDates(year, '01-01 05-01 07-01 10-01 12-25 12-26'), addDays(easter, -2), addDays(easter, 1)];
}
