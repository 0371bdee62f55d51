import { isWeekend } from '../core/time/weekday.js';
import type { Calendar, TradingSession } from '../core/time/calendar.js';
import { fromDayNumber, day, toDayNumber, minute } from '../core/time/time.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import { toZonedDate, toZonedInstant } from '../core/time/time-zone.js';
import { australianExchange } from './australia.js';
import { torontoExchange } from './canada.js';
import { continentalExchanges } from './europe.js';
import type { ExchangeDefinition, SessionHours } from './exchange-definition.js';
import { hongKongExchange } from './hong-kong.js';
import { indianExchange } from './india.js';
import { tokyoExchange } from './japan.js';
import { makeDate } from './holiday-rules.js';
import { londonExchange } from './united-kingdom.js';
import { unitedStatesExchange } from './united-states.js';

const definitions: ReadonlyMap<string, ExchangeDefinition> = new Map(
  [
    unitedStatesExchange('XNYS'),
    unitedStatesExchange('XNAS'),
    australianExchange,
    indianExchange('XNSE'),
    indianExchange('XBOM'),
    londonExchange,
    ...continentalExchanges,
    torontoExchange,
    tokyoExchange,
    hongKongExchange,
  ].map((definition) => [definition.exchange, definition]),
);

const noSessions: readonly TradingSession[] = [];

const calendars = new Map<string, Calendar>();

/** The exchanges with a calendar, by market identifier code. */
export const supportedExchanges: readonly string[] = [...definitions.keys()];

/** The last year with projected sessions; it bounds requests without an end. */
export const lastProjectedYear = 2100;

/** The calendar of an exchange, by market identifier code; undefined for an exchange without a calendar. */
export function getCalendar(exchange: string): Calendar | undefined {
  const definition = definitions.get(exchange);
  if (definition === undefined) return undefined;
  let calendar = calendars.get(exchange);
  if (calendar === undefined) {
    calendar = createCalendar(definition);
    calendars.set(exchange, calendar);
  }
  return calendar;
}

/** The calendar of the first exchange in a time zone; those of one zone have the same sessions. */
export function findCalendarOfZone(zone: string): Calendar | undefined {
  const name = zone === 'Asia/Calcutta' ? 'Asia/Kolkata' : zone;
  return supportedExchanges.map(getCalendar).find((calendar) => calendar?.timeZone === name);
}

function createCalendar(definition: ExchangeDefinition): Calendar {
  const years = new Map<number, readonly TradingSession[]>();

  function getSessionsOfYear(year: number): readonly TradingSession[] {
    let sessions = years.get(year);
    if (sessions === undefined) {
      sessions = computeSessions(definition, year);
      years.set(year, sessions);
    }
    return sessions;
  }

  return {
    exchange: definition.exchange,
    timeZone: definition.timeZone,
    firstDate: makeDate(definition.firstYear, 1, 1),
    lastPublishedDate: makeDate(definition.lastPublishedYear, 12, 31),
    sessions(from, to) {
      if (from >= to) return noSessions;
      const first = Math.max(getYear(from), definition.firstYear);
      const last = Math.min(getYear(to), lastProjectedYear);
      const parts: (readonly TradingSession[])[] = [];
      for (let year = first; year <= last; year++) parts.push(sliceSessions(getSessionsOfYear(year), from, to));
      return parts.length === 1 ? (parts[0] ?? noSessions) : noSessions.concat(...parts);
    },
    dateAt: (instant) => toZonedDate(definition.timeZone, instant),
    startOf: (date) => toZonedInstant(definition.timeZone, date, 0),
  };
}

function computeSessions(definition: ExchangeDefinition, year: number): readonly TradingSession[] {
  const closed = definition.closedDays(year);
  const specialHoursByDate = definition.specialSessions(year);
  const sessions: TradingSession[] = [];
  const end = toDayNumber(makeDate(year + 1, 1, 1));
  let date = makeDate(year, 1, 1);
  for (let number = toDayNumber(date); number < end; number++) {
    const next = fromDayNumber(number + 1);
    const specialHours = specialHoursByDate.get(date);
    if (specialHours !== undefined || !(isWeekend(date) || closed.has(date))) {
      sessions.push(createSession(definition, date, next, specialHours ?? definition.regularHours(date)));
    }
    date = next;
  }
  return sessions;
}

function createSession(
  definition: ExchangeDefinition,
  date: LocalDate,
  next: LocalDate,
  { open, close, pause }: SessionHours,
): TradingSession {
  const { timeZone } = definition;
  const dayStart = toZonedInstant(timeZone, date, 0);
  const dayEnd = toZonedInstant(timeZone, next, 0);
  // On a day of 24 hours the offset does not change, which saves two lookups of the time zone.
  const hasNoClockChange = dayEnd - dayStart === day;
  const toInstant = (time: number): Instant =>
    hasNoClockChange ? dayStart + time * minute : toZonedInstant(timeZone, date, time);
  return {
    date,
    open: toInstant(open),
    close: toInstant(close),
    ...(pause === undefined ? {} : { pause: { start: toInstant(pause.start), end: toInstant(pause.end) } }),
    dayStart,
    dayEnd,
    projected: getYear(date) > definition.lastPublishedYear || definition.hasUnannouncedHours(date),
  };
}

/** The part of a year's sessions in `[from, to)`; returns the year's own list if that is all of it. */
function sliceSessions(sessions: readonly TradingSession[], from: LocalDate, to: LocalDate): readonly TradingSession[] {
  const begin = firstIndexOnOrAfter(sessions, from);
  const end = firstIndexOnOrAfter(sessions, to);
  return begin === 0 && end === sessions.length ? sessions : sessions.slice(begin, end);
}

function firstIndexOnOrAfter(sessions: readonly TradingSession[], date: LocalDate): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sessions[middle]?.date ?? date) < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

function getYear(date: LocalDate): number {
  return Number(date.slice(0, 4));
}
