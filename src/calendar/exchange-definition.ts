import type { LocalDate } from '../core/time/time.js';

/** Opening and closing time of a session, in minutes after midnight in the exchange's time zone. */
export interface SessionHours {
  readonly open: number;
  readonly close: number;
  /** The lunch break; absent if there is none. */
  readonly pause?: { readonly start: number; readonly end: number };
}

/** The definition of one exchange: tables for announced days, rules where the exchange publishes rules. */
export interface ExchangeDefinition {
  readonly exchange: string;
  readonly timeZone: string;
  /** The first year that is defined. */
  readonly firstYear: number;
  /** The last year that the exchange has published; later years are projected. */
  readonly lastPublishedYear: number;
  /** The hours of an ordinary session on a date. */
  regularHours(date: LocalDate): SessionHours;
  /** The closed days of a year; weekends may be left out. */
  closedDays(year: number): ReadonlySet<LocalDate>;
  /** The sessions of a year with other hours, or on a weekend. */
  specialSessions(year: number): ReadonlyMap<LocalDate, SessionHours>;
  /** Returns whether the exchange has not announced the hours of a session of a published year yet. */
  hasUnannouncedHours(date: LocalDate): boolean;
}

/** Parses `09:30-16:00`, or `09:00-11:30 12:30-15:30` with a break between. */
export function parseHours(text: string): SessionHours {
  const [first, second, ...others] = text.split(' ').map(parseSpan);
  if (first === undefined || others.length > 0) throw new Error(`invalid session hours: ${text}`);
  if (second === undefined) return { open: first.start, close: first.end };
  return { open: first.start, close: second.end, pause: { start: first.end, end: second.start } };
}

function parseSpan(text: string): { readonly start: number; readonly end: number } {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text);
  if (match === null) throw new Error(`invalid session hours: ${text}`);
  const [, startHour, startMinute, endHour, endMinute] = match;
  return {
    start: Number(startHour) * 60 + Number(startMinute),
    end: Number(endHour) * 60 + Number(endMinute),
  };
}

/** Parses `01-01 12-25` as dates of a year; undefined gives no dates. */
export function parseDates(year: number, monthsAndDays: string | undefined): LocalDate[] {
  if (monthsAndDays === undefined || monthsAndDays === '') return [];
  return monthsAndDays.split(' ').map((monthAndDay) => `${year}-${monthAndDay}`);
}

/** The entries of a table keyed by date that belong to a year. */
export function parseSessions(table: Readonly<Record<LocalDate, string>>, year: number): [LocalDate, SessionHours][] {
  return Object.entries(table)
    .filter(([date]) => date.startsWith(`${year}-`))
    .map(([date, text]) => [date, parseHours(text)]);
}
