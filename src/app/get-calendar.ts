import { getCalendar, supportedExchanges } from '../calendar/calendars.js';
import type { Calendar } from '../core/time/calendar.js';
import { closestMatch } from '../platform/suggest.js';
import { getDefaultCalendar as calendarOfExchange, isExchange } from '../config/pipeline/symbols/exchange-defaults.js';
import { exitCode } from './exit-code.js';
import { CliError } from './cli-error.js';

/** The calendar of an exchange; a name that is not known ends the command with a suggestion. */
export function getCalendarOrExit(name: string): Calendar {
  const calendar = getCalendar(name);
  if (calendar !== undefined) return calendar;
  const upper = name.toUpperCase();
  const suggestion =
    (isExchange(upper) ? calendarOfExchange(upper, 'USD') : null) ?? closestMatch(name, supportedExchanges);
  throw new CliError(
    exitCode.usage,
    `there is no calendar ${name}`,
    suggestion === null
      ? `known are ${supportedExchanges.join(', ')}`
      : `did you mean ${suggestion}? (known are ${supportedExchanges.join(', ')})`,
  );
}
