import { monday } from '../core/time/weekday.js';
import type { LocalDate } from '../core/time/time.js';
import { parseDates, parseHours } from './exchange-definition.js';
import type { ExchangeDefinition } from './exchange-definition.js';
import { makeDate, nthWeekday } from './holiday-rules.js';

const regularTradingHours = parseHours('09:00-11:30 12:30-15:30');
const hoursBeforeNovember2024 = parseHours('09:00-11:30 12:30-15:00');
const morningEndBeforeNovember2011 = parseHours('09:00-11:00 12:30-15:00');
const longerMorningStart: LocalDate = '2011-11-21';
const longerAfternoonStart: LocalDate = '2024-11-05';

/** Holidays by law are known a year ahead; the days of the equinoxes of later years are not announced. */
const lastPublishedYear = 2027;

/** Closed weekdays: public holidays, the first days of January, the last of December, and the outage of 1 October 2020. */
const weekdayClosings: Readonly<Record<number, string>> = {
  2010: '01-01 01-11 02-11 03-22 04-29 05-03 05-04 05-05 07-19 09-20 09-23 10-11 11-03 11-23 12-23 12-31',
  2011: '01-03 01-10 02-11 03-21 04-29 05-03 05-04 05-05 07-18 09-19 09-23 10-10 11-03 11-23 12-23',
  2012: '01-02 01-03 01-09 03-20 04-30 05-03 05-04 07-16 09-17 10-08 11-23 12-24 12-31',
  2013: '01-01 01-02 01-03 01-14 02-11 03-20 04-29 05-03 05-06 07-15 09-16 09-23 10-14 11-04 12-23 12-31',
  2014: '01-01 01-02 01-03 01-13 02-11 03-21 04-29 05-05 05-06 07-21 09-15 09-23 10-13 11-03 11-24 12-23 12-31',
  2015: '01-01 01-02 01-12 02-11 04-29 05-04 05-05 05-06 07-20 09-21 09-22 09-23 10-12 11-03 11-23 12-23 12-31',
  2016: '01-01 01-11 02-11 03-21 04-29 05-03 05-04 05-05 07-18 08-11 09-19 09-22 10-10 11-03 11-23 12-23',
  2017: '01-02 01-03 01-09 03-20 05-03 05-04 05-05 07-17 08-11 09-18 10-09 11-03 11-23',
  2018: '01-01 01-02 01-03 01-08 02-12 03-21 04-30 05-03 05-04 07-16 09-17 09-24 10-08 11-23 12-24 12-31',
  2019: '01-01 01-02 01-03 01-14 02-11 03-21 04-29 04-30 05-01 05-02 05-03 05-06 07-15 08-12 09-16 09-23 10-14 10-22 11-04 12-31',
  2020: '01-01 01-02 01-03 01-13 02-11 02-24 03-20 04-29 05-04 05-05 05-06 07-23 07-24 08-10 09-21 09-22 10-01 11-03 11-23 12-31',
  2021: '01-01 01-11 02-11 02-23 04-29 05-03 05-04 05-05 07-22 07-23 08-09 09-20 09-23 11-03 11-23 12-31',
  2022: '01-03 01-10 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-18 08-11 09-19 09-23 10-10 11-03 11-23',
  2023: '01-02 01-03 01-09 02-23 03-21 05-03 05-04 05-05 07-17 08-11 09-18 10-09 11-03 11-23',
  2024: '01-01 01-02 01-03 01-08 02-12 02-23 03-20 04-29 05-03 05-06 07-15 08-12 09-16 09-23 10-14 11-04 12-31',
  2025: '01-01 01-02 01-03 01-13 02-11 02-24 03-20 04-29 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-24 12-31',
  2026: '01-01 01-02 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23 12-31',
  2027: '01-01 01-11 02-11 02-23 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23 12-31',
};

export const tokyoExchange: ExchangeDefinition = {
  exchange: 'XTKS',
  timeZone: 'Asia/Tokyo',
  firstYear: 2010,
  lastPublishedYear,
  regularHours(date) {
    if (date >= longerAfternoonStart) return regularTradingHours;
    return date >= longerMorningStart ? hoursBeforeNovember2024 : morningEndBeforeNovember2011;
  },
  closedDays: (year) =>
    new Set(year <= lastPublishedYear ? parseDates(year, weekdayClosings[year]) : predictableHolidays(year)),
  specialSessions: () => new Map(),
  hasUnannouncedHours: () => false,
};

/** Holidays on fixed dates and Mondays; the equinoxes, and the Mondays after holidays on a Sunday, are not among them. */
function predictableHolidays(year: number): LocalDate[] {
  return [
    ...parseDates(year, '01-01 01-02 01-03 02-11 02-23 04-29 05-03 05-04 05-05 08-11 11-03 11-23 12-31'),
    nthWeekday(year, 1, monday, 2),
    nthWeekday(year, 7, monday, 3),
    nthWeekday(year, 9, monday, 3),
    nthWeekday(year, 10, monday, 2),
    ...(new Date(makeDate(year, 5, 3)).getUTCDay() === 0 ? [makeDate(year, 5, 6)] : []),
  ];
}
