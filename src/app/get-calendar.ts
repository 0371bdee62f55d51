import { getCalendar, supportedExchanges } from '../calendar/calendars.js';
import type { Calendar } from '../core/time/calendar.js';
import { closestMatch } from '../platform/suggest.js';
import { getDefaultCalendar, isExchange } from '../config/pipeline/symbols/exchange-defaults.js';
import { exitCode } from './exit-code.js';
import { CliError } from './cli-error.js';

/** The calendar of an exchange; an unknown name ends the command with a suggestion. */
export function getCalendarOrExit(name: string): Calendar {
  const calendar = getCalendar(name);
  if (calendar !== undefined) return calendar;
  const upper = name.toUpperCase();
  const suggestion =
    (isExchange(upper) ? getDefaultCalendar(upper, 'USD') : null) ?? closestMatch(name, supportedExchanges);
  const known = `known calendars: ${supportedExchanges.join(', ')}`;
  throw new CliError(
    exitCode.usage,
    `unknown calendar ${name}`,
    suggestion === null ? known : `did you mean ${suggestion}? (${known})`,
  );
}
