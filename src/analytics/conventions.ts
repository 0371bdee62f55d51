import type { AnalyticsSettings, ExerciseStyle } from '../core/analytics-settings.js';
import type { Calendar } from '../core/time/calendar.js';
import type { Instrument, Right } from '../core/series.js';
import { addDays, day } from '../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../core/time/time.js';

/**
 * Conventions of all analytics.
 *
 * - Time is calendar time, ACT/365: the years of an option are the days to its expiry, fractions included, over 365. It
 *   expires at the close of its expiry's session, or at its opening if its class is exercised at opening prices. Its price
 *   is of the present instant, or of the last close outside
 *   trading hours.
 * - The rate `r` and the dividend yield `q` are annual and continuously compounded; the forward is spot · e^((r − q) ·
 *   years). A future has no carry: its yield is the rate.
 * - Volatility is annual, as a fraction: 0.2 is 20 %.
 * - Delta is per unit of the underlying, gamma per unit squared.
 * - Theta is the change of the price over one calendar day: per year over 365, negative for time decay.
 * - Vega is per percentage point of volatility, rho per percentage point of the rate.
 */

/** Calendar days in a year of option time. */
export const daysPerYear = 365;

/** The change of volatility that vega is stated for, and of the rate that rho is stated for: one percentage point. */
export const percentagePoint = 0.01;

/** The inputs of an option price except its volatility. */
export interface OptionTerms {
  readonly right: Right;
  readonly spot: number;
  readonly strike: number;
  /** Years to expiry. */
  readonly years: number;
  /** Annual, continuously compounded. */
  readonly rate: number;
  /** Annual, continuously compounded. */
  readonly dividendYield: number;
}

/** Calls and puts as numbers, as the typed arrays of a batch hold them. */
export const rightCode = { C: 1, P: -1 } as const;

const year: Duration = daysPerYear * day;

/** The maximum number of consecutive days that an exchange is closed. */
export const maxClosureDays = 15;

const indianCalendars: readonly string[] = ['XNSE', 'XBOM'];

/** Options on an index and all Indian options are European, all others American, unless the settings override it. */
export function getExerciseStyle({ symbol, kind, calendar }: Instrument, settings: AnalyticsSettings): ExerciseStyle {
  const override = Object.hasOwn(settings.exercise, symbol) ? settings.exercise[symbol] : undefined;
  return override ?? (kind === 'index' || indianCalendars.includes(calendar) ? 'european' : 'american');
}

/** The annual yield of holding the underlying; with the rate it forms the cost of carry. */
export function getDividendYield({ symbol, kind }: Instrument, settings: AnalyticsSettings): number {
  const override = Object.hasOwn(settings.dividendYields, symbol) ? settings.dividendYields[symbol] : undefined;
  return override ?? (kind === 'future' ? settings.rate : 0);
}

/** The symbol whose quote is the market's volatility. */
export function getVolatilityIndex({ calendar }: Instrument, settings: AnalyticsSettings): string {
  return settings.volatilityIndex ?? (indianCalendars.includes(calendar) ? 'INDIA VIX' : 'VIX');
}

/** The instant of a session at which options expire. */
export type ExpiryMoment = 'opening' | 'close';

/** US indices whose options of the class named like the index are exercised at opening prices; their weekly classes are not. */
const openingClasses: readonly string[] = ['SPX', 'NDX', 'RUT', 'DJX', 'VIX'];

/**
 * Returns when an option expires. The opening classes expire in the third week of a month; an expiry of another week with
 * such a class comes from a provider that does not distinguish classes.
 */
export function getExpiryMoment(
  { kind, symbol }: Pick<Instrument, 'kind' | 'symbol'>,
  expiry: LocalDate,
  tradingClass: string | null,
): ExpiryMoment {
  const isMonthly = /-(?:1[4-9]|2[0-2])$/.test(expiry);
  const isOpeningClass = kind === 'index' && tradingClass === symbol && openingClasses.includes(symbol);
  return isOpeningClass && isMonthly ? 'opening' : 'close';
}

/**
 * The last instant of exercise: the close of its expiry's session, or its opening; of the last session before a holiday
 * if the expiry is one.
 */
export function getExpiryInstant(expiry: LocalDate, calendar: Calendar, moment: ExpiryMoment = 'close'): Instant {
  const last = calendar.sessions(addDays(expiry, -maxClosureDays), addDays(expiry, 1)).at(-1);
  if (last === undefined) return calendar.startOf(addDays(expiry, 1));
  return moment === 'opening' ? last.open : last.close;
}

/** The instant that prices seen at `at` belong to: `at` itself, or the last close outside trading hours. */
export function getPricingInstant(at: Instant, calendar: Calendar): Instant {
  const today = calendar.dateAt(at);
  const lastSession = calendar
    .sessions(addDays(today, -maxClosureDays), addDays(today, 1))
    .findLast(({ open }) => open <= at);
  return lastSession === undefined ? at : Math.min(at, lastSession.close);
}

/** The option time between two instants; zero or negative if the second is not later. */
export function yearsBetween(from: Instant, to: Instant): number {
  return (to - from) / year;
}
