import type { Calendar, Session } from '../core/calendar.js';
import { dateOfDayNumber, day, dayNumber, minute } from '../core/time.js';
import type { LocalDate } from '../core/time.js';
import { dateAt, instantOf } from '../core/zone.js';
import { australiaFacts } from './australia.js';
import type { ExchangeFacts, Hours } from './facts.js';
import { indiaFacts } from './india.js';
import { dateIn, isWeekend } from './rules.js';
import { unitedStatesFacts } from './united-states.js';

const factsOf: ReadonlyMap<string, ExchangeFacts> = new Map(
  [unitedStatesFacts('XNYS'), unitedStatesFacts('XNAS'), australiaFacts, indiaFacts('XNSE'), indiaFacts('XBOM')].map(
    (facts) => [facts.exchange, facts],
  ),
);

const noSessions: readonly Session[] = [];

const calendars = new Map<string, Calendar>();

/** The exchanges whose sessions are known, by market identifier code. */
export const knownExchanges: readonly string[] = [...factsOf.keys()];

/** No session is projected after this year, so that an open-ended question gets an answer. */
export const lastProjectedYear = 2100;

/** The calendar of an exchange, by market identifier code; none for an exchange whose sessions are not known. */
export function calendarOf(exchange: string): Calendar | undefined {
  const facts = factsOf.get(exchange);
  if (facts === undefined) return undefined;
  let calendar = calendars.get(exchange);
  if (calendar === undefined) {
    calendar = calendarFrom(facts);
    calendars.set(exchange, calendar);
  }
  return calendar;
}

function calendarFrom(facts: ExchangeFacts): Calendar {
  const years = new Map<number, readonly Session[]>();

  function sessionsOf(year: number): readonly Session[] {
    let sessions = years.get(year);
    if (sessions === undefined) {
      sessions = sessionsOfYear(facts, year);
      years.set(year, sessions);
    }
    return sessions;
  }

  return {
    exchange: facts.exchange,
    timeZone: facts.timeZone,
    firstDate: dateIn(facts.firstYear, 1, 1),
    sessions(from, to) {
      if (from >= to) return noSessions;
      const first = Math.max(yearOf(from), facts.firstYear);
      const last = Math.min(yearOf(to), lastProjectedYear);
      const parts: (readonly Session[])[] = [];
      for (let year = first; year <= last; year++) parts.push(sessionsBetween(sessionsOf(year), from, to));
      return parts.length === 1 ? (parts[0] ?? noSessions) : noSessions.concat(...parts);
    },
    dateAt: (instant) => dateAt(facts.timeZone, instant),
    startOf: (date) => instantOf(facts.timeZone, date, 0),
  };
}

function sessionsOfYear(facts: ExchangeFacts, year: number): readonly Session[] {
  const closed = facts.closedDays(year);
  const special = facts.specialDays(year);
  const sessions: Session[] = [];
  const end = dayNumber(dateIn(year + 1, 1, 1));
  let date = dateIn(year, 1, 1);
  for (let number = dayNumber(date); number < end; number++) {
    const next = dateOfDayNumber(number + 1);
    const specialHours = special.get(date);
    if (specialHours !== undefined || !(isWeekend(date) || closed.has(date))) {
      sessions.push(sessionOn(facts, date, next, specialHours ?? facts.usualHours(date)));
    }
    date = next;
  }
  return sessions;
}

function sessionOn(facts: ExchangeFacts, date: LocalDate, next: LocalDate, { open, close }: Hours): Session {
  const { timeZone } = facts;
  const dayStart = instantOf(timeZone, date, 0);
  const dayEnd = instantOf(timeZone, next, 0);
  // On a day of 24 hours the clocks run evenly, which spares asking the zone twice more.
  const even = dayEnd - dayStart === day;
  return {
    date,
    open: even ? dayStart + open * minute : instantOf(timeZone, date, open),
    close: even ? dayStart + close * minute : instantOf(timeZone, date, close),
    dayStart,
    dayEnd,
    projected: yearOf(date) > facts.lastPublishedYear || facts.awaitsHours(date),
  };
}

/** The part of a year's sessions in `[from, to)`; the year itself, uncopied, when that is all of it. */
function sessionsBetween(sessions: readonly Session[], from: LocalDate, to: LocalDate): readonly Session[] {
  const begin = firstNotBefore(sessions, from);
  const end = firstNotBefore(sessions, to);
  return begin === 0 && end === sessions.length ? sessions : sessions.slice(begin, end);
}

function firstNotBefore(sessions: readonly Session[], date: LocalDate): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sessions[middle]?.date ?? date) < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

function yearOf(date: LocalDate): number {
  return Number(date.slice(0, 4));
}
