import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import type { Calendar, TradingSession } from '../core/time/calendar.js';
import type { AppContext } from './context.js';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { getCalendarOrExit } from './get-calendar.js';

/** Dates of the exchange, both inclusive; null for the default: the last 30 days. */
export interface SessionRange {
  readonly from: LocalDate | null;
  readonly to: LocalDate | null;
}

/** The sessions of an exchange. */
export interface SessionList {
  readonly calendar: Calendar;
  readonly sessions: readonly TradingSession[];
  /** True if the range begins before the calendar does. */
  readonly isTruncated: boolean;
}

/** Lists the sessions of an exchange; an unknown exchange or a reversed range ends the command. */
export function listSessionsOrExit(
  exchange: string,
  range: SessionRange,
  { clock }: Pick<AppContext, 'clock'>,
): SessionList {
  const calendar = getCalendarOrExit(exchange);
  const to = range.to ?? calendar.dateAt(clock.now());
  const from = range.from ?? addDays(to, -30);
  if (from > to) throw new CliError(exitCode.usage, `--from ${from} is after --to ${to}`);
  return { calendar, sessions: calendar.sessions(from, addDays(to, 1)), isTruncated: from < calendar.firstDate };
}
