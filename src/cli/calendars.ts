import { calendarOf, knownExchanges } from '../calendar/calendars.js';
import type { Calendar } from '../core/calendar.js';
import { nearest } from '../core/nearest.js';
import { calendarOf as calendarOfExchange, isExchange } from '../pipeline/exchanges.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** The calendar of an exchange; a name that is not known ends the command with a suggestion. */
export function calendarNamed(name: string): Calendar {
  const calendar = calendarOf(name);
  if (calendar !== undefined) return calendar;
  const upper = name.toUpperCase();
  const near = (isExchange(upper) ? calendarOfExchange(upper, 'USD') : null) ?? nearest(name, knownExchanges);
  throw new Stop(
    exitCode.usage,
    `there is no calendar ${name}`,
    near === null
      ? `known are ${knownExchanges.join(', ')}`
      : `did you mean ${near}? (known are ${knownExchanges.join(', ')})`,
  );
}
