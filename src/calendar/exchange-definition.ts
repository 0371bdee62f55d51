import type { LocalDate } from '../core/time/time.js';

/** Opening and closing time of a session, in minutes after midnight on the clocks of the exchange. */
export interface SessionHours {
  readonly open: number;
  readonly close: number;
}

/** What is known about one exchange: tables where it announces days, rules where it publishes rules. */
export interface ExchangeDefinition {
  readonly exchange: string;
  readonly timeZone: string;
  /** The first year whose days are known. */
  readonly firstYear: number;
  /** The last year the exchange has published; later years are projected. */
  readonly lastPublishedYear: number;
  /** The hours of an ordinary session on a date. */
  regularHours(date: LocalDate): SessionHours;
  /** The days of a year on which the exchange does not open; weekends need not be named. */
  closedDays(year: number): ReadonlySet<LocalDate>;
  /** The sessions of a year that keep other hours, or that are held on a weekend. */
  specialSessions(year: number): ReadonlyMap<LocalDate, SessionHours>;
  /** Whether a session of a published year still waits for its hours to be announced. */
  hasUnannouncedHours(date: LocalDate): boolean;
}

/** `09:30-16:00` as hours. */
export function parseHours(text: string): SessionHours {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text);
  if (match === null) throw new Error(`not hours: ${text}`);
  const [, openHour, openMinute, closeHour, closeMinute] = match;
  return {
    open: Number(openHour) * 60 + Number(openMinute),
    close: Number(closeHour) * 60 + Number(closeMinute),
  };
}

/** `01-01 12-25` as the dates of a year; no text, no dates. */
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
