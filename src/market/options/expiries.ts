import { maxClosureDays } from '../../analytics/conventions.js';
import { friday, thursday, toWeekday, tuesday } from '../../core/time/weekday.js';
import type { Calendar, TradingSession } from '../../core/time/calendar.js';
import { addDays, fromDayNumber, toDayNumber, day as msPerDay } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { isIndianExchange } from '../instruments/indian-option-rules.js';

/** One expiry of an underlying's options. */
export interface Expiry {
  readonly date: LocalDate;
  readonly day: number;
  /** The last session in which they trade. */
  readonly session: TradingSession;
  /** The instant at which they expire. */
  readonly expiresAt: Instant;
  /** The day number on which they are first listed. */
  readonly listedDay: number;
  readonly kind: 'weekly' | 'monthly';
}

/** The expiries that an underlying has. */
export type ExpiryScheme =
  /** All weeks, months and years. */
  | { readonly kind: 'wide' }
  /** The class of an index that expires at an opening: all months and years. */
  | { readonly kind: 'opening' }
  /** The other class of such an index, that expires at the close: days, weeks, and the months of a year. */
  | { readonly kind: 'daily' }
  /** A few months of a cycle (0, 1 or 2). */
  | { readonly kind: 'narrow'; readonly cycle: number }
  /** Three months; also weeks, quarters and half years if they are listed. */
  | { readonly kind: 'indian'; readonly weekly: boolean; readonly longDated: boolean };

/** The term of the longest options, in days. */
const maxTermDays = 730;

/** The term of options that expire on another day than a Friday. */
const dailyTermDays = 14;

/** The expiries listed on a date, nearest first. */
export function listExpiries(calendar: Calendar, scheme: ExpiryScheme, date: LocalDate): readonly Expiry[] {
  const today = toDayNumber(date);
  const sessions = calendar.sessions(date, addDays(date, maxTermDays + 1));
  const result: Expiry[] = [];
  let next = 0;
  for (let day = today; day <= today + maxTermDays; day++) {
    const term = getTerm(calendar, scheme, day);
    if (term === 0 || day - term > today || !isExpiryDay(calendar, scheme, day)) continue;
    const limit = fromDayNumber(day);
    while (next < sessions.length && (sessions[next]?.date ?? '') <= limit) next++;
    const session = sessions[next - 1];
    const expiry = session === undefined ? null : createExpiry(calendar, scheme, day, session);
    if (expiry === null || result.at(-1)?.day === expiry.day) continue;
    result.push(expiry);
  }
  return result;
}

/** The expiry on a date, even before its listing and after its end; null if there is none. */
export function findExpiry(calendar: Calendar, scheme: ExpiryScheme, date: LocalDate): Expiry | null {
  const first = toDayNumber(date);
  for (let day = first; day < first + 7; day++) {
    if (!isExpiryDay(calendar, scheme, day)) continue;
    const session = calendar.sessions(date, fromDayNumber(day + 1)).at(-1);
    return session?.date === date ? createExpiry(calendar, scheme, day, session) : null;
  }
  return null;
}

function createExpiry(
  calendar: Calendar,
  scheme: ExpiryScheme,
  nominalDay: number,
  session: TradingSession,
): Expiry | null {
  const term = getTerm(calendar, scheme, nominalDay);
  if (term === 0) return null;
  const isOpening = scheme.kind === 'opening';
  const last = isOpening ? calendar.sessions(addDays(session.date, -maxClosureDays), session.date).at(-1) : session;
  return {
    date: session.date,
    day: toDayNumber(session.date),
    // An option that expires at an opening trades for the last time in the session before.
    session: last ?? session,
    expiresAt: isOpening ? session.open : session.close,
    listedDay: nominalDay - term,
    kind: isMonthly(calendar, nominalDay) ? 'monthly' : 'weekly',
  };
}

function getTerm(calendar: Calendar, scheme: ExpiryScheme, nominalDay: number): number {
  if (scheme.kind === 'daily' && toWeekday(nominalDay) !== friday) return dailyTermDays;
  return getListingTerm(scheme, getMonth(nominalDay), isMonthly(calendar, nominalDay));
}

/** The number of days that an expiry is listed ahead; 0 if it is never listed. */
function getListingTerm(scheme: ExpiryScheme, month: number, monthly: boolean): number {
  if (scheme.kind === 'narrow') return !monthly ? 0 : month % 3 === scheme.cycle ? 270 : 63;
  if (scheme.kind === 'indian') {
    if (!monthly) return scheme.weekly ? 35 : 0;
    return !scheme.longDated || month % 3 !== 0 ? 91 : month % 6 === 0 ? maxTermDays : 365;
  }
  if (scheme.kind === 'opening' && !monthly) return 0;
  if (!monthly) return 56;
  if (scheme.kind === 'daily') return 365;
  return month === 1 || month === 6 ? maxTermDays : 365;
}

/** 1 January 2025: from this day, options of BSE expire on Tuesdays instead of Fridays. */
const bseTuesdayStart = 20_089;
/**
 * 1 September 2025: from this day, options of NSE expire on Tuesdays instead of Thursdays, and those of BSE the other
 * way round.
 */
const indianWeekdaySwap = 20_332;

function getIndianExpiryWeekday(exchange: string, day: number): number {
  if (exchange === 'XBOM') return day < bseTuesdayStart ? friday : day < indianWeekdaySwap ? tuesday : thursday;
  return day < indianWeekdaySwap ? thursday : tuesday;
}

/** Returns whether options expire on this day by rule; if it is closed, they expire in the session before. */
function isExpiryDay(calendar: Calendar, scheme: ExpiryScheme, day: number): boolean {
  const weekday = toWeekday(day);
  if (scheme.kind === 'daily' && weekday !== friday) {
    // The day before a closed Friday has the expiry of that Friday.
    return isOpen(calendar, day) && (weekday !== thursday || isOpen(calendar, day + 1));
  }
  if (!isIndianExchange(calendar)) return weekday === friday;
  return weekday === getIndianExpiryWeekday(calendar.exchange, day);
}

function isOpen(calendar: Calendar, day: number): boolean {
  return calendar.sessions(fromDayNumber(day), fromDayNumber(day + 1)).length > 0;
}

/** Monthly options expire on the third Friday, in India on the last expiry day of the month. */
function isMonthly(calendar: Calendar, day: number): boolean {
  if (isIndianExchange(calendar)) return getMonth(day + 7) !== getMonth(day);
  const dayOfMonth = new Date(day * msPerDay).getUTCDate();
  return dayOfMonth >= 15 && dayOfMonth <= 21;
}

/** The month of a day number, 1 to 12. */
function getMonth(day: number): number {
  return new Date(day * msPerDay).getUTCMonth() + 1;
}
