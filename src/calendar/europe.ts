import { isWeekend } from '../core/time/weekday.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { parseHours } from './exchange-definition.js';
import type { ExchangeDefinition, SessionHours } from './exchange-definition.js';
import { easterSunday, lastWeekdayOnOrBefore, makeDate } from './holiday-rules.js';

// Continuous trading ends at 17:30 or, in Zurich, with the auction that begins at 17:20.
const regularTradingHours = parseHours('09:00-17:30');
const euronextEarlyCloseHours = parseHours('09:00-14:05');
const xetraEarlyCloseHours = parseHours('09:00-14:00');

/** What differs between the exchanges of the continent; all of them close on Good Friday and Easter Monday. */
interface ContinentalRules {
  readonly exchange: string;
  readonly timeZone: string;
  /** Closed on the same date each year: `01-01`. A holiday on a weekend is not moved. */
  readonly fixedHolidays: readonly string[];
  /** Closed this many days after Easter Sunday, in some years. */
  readonly movableHolidays?: (year: number) => readonly number[];
  /** Closed on a fixed date in some years only. */
  readonly occasionalHolidays?: (year: number) => readonly string[];
  readonly earlyCloses?: (year: number) => readonly (readonly [LocalDate, SessionHours])[];
}

const ascensionDay = 39;
const whitMonday = 50;

const euronextHolidays = ['01-01', '05-01', '12-25', '12-26'];

const rules: readonly ContinentalRules[] = [
  {
    exchange: 'XETR',
    timeZone: 'Europe/Berlin',
    fixedHolidays: ['01-01', '05-01', '12-24', '12-25', '12-26', '12-31'],
    // Xetra observed these two public holidays only for some years.
    movableHolidays: (year) => (year >= 2015 && year <= 2021 ? [whitMonday] : []),
    occasionalHolidays: (year) => [
      ...(year >= 2014 && year <= 2021 ? ['10-03'] : []),
      ...(year === 2017 ? ['10-31'] : []), // 500 years of the Reformation
    ],
    earlyCloses: (year) => [[lastWeekdayOnOrBefore(makeDate(year, 12, 30)), xetraEarlyCloseHours]],
  },
  ...(['XPAR', 'XAMS', 'XBRU'] as const).map((exchange): ContinentalRules => ({
    exchange,
    timeZone: { XPAR: 'Europe/Paris', XAMS: 'Europe/Amsterdam', XBRU: 'Europe/Brussels' }[exchange],
    fixedHolidays: euronextHolidays,
    earlyCloses: (year) =>
      [makeDate(year, 12, 24), makeDate(year, 12, 31)]
        .filter((eve) => !isWeekend(eve))
        .map((eve) => [eve, euronextEarlyCloseHours] as const),
  })),
  {
    exchange: 'XMIL',
    timeZone: 'Europe/Rome',
    fixedHolidays: [...euronextHolidays, '08-15', '12-24', '12-31'],
  },
  {
    exchange: 'XSWX',
    timeZone: 'Europe/Zurich',
    fixedHolidays: ['01-01', '01-02', '05-01', '08-01', '12-24', '12-25', '12-26', '12-31'],
    movableHolidays: () => [ascensionDay, whitMonday],
  },
];

export const continentalExchanges: readonly ExchangeDefinition[] = rules.map((rule) => ({
  exchange: rule.exchange,
  timeZone: rule.timeZone,
  firstYear: 2010,
  lastPublishedYear: 2027,
  regularHours: () => regularTradingHours,
  closedDays: (year) => computeClosedDays(rule, year),
  specialSessions: (year) => new Map(rule.earlyCloses?.(year) ?? []),
  hasUnannouncedHours: () => false,
}));

function computeClosedDays(
  { fixedHolidays, movableHolidays, occasionalHolidays }: ContinentalRules,
  year: number,
): ReadonlySet<LocalDate> {
  const easter = easterSunday(year);
  return new Set([
    addDays(easter, -2),
    addDays(easter, 1),
    ...(movableHolidays?.(year) ?? []).map((days) => addDays(easter, days)),
    ...[...fixedHolidays, ...(occasionalHolidays?.(year) ?? [])].map((monthAndDay) => `${year}-${monthAndDay}`),
  ]);
}
