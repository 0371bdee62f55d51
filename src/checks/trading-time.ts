import type { ProviderName, SeriesName } from '../core/series.js';
import { parseSeriesName } from '../core/series.js';
import type { Calendar } from '../core/time/calendar.js';
import { addDays } from '../core/time/time.js';
import { overlaps } from '../core/time/window.js';
import type { Window } from '../core/time/window.js';
import type { CalendarOfZone } from './check-hours.js';
import type { QueryRunner } from './check-rules.js';

/** Returns whether a series may have bars in a window; true if its calendar is not known. */
export type HasTradingTime = (provider: ProviderName, series: SeriesName, window: Window) => boolean;

/** Reads the zones of contracts; a series whose contract has none may have bars at any time. */
export async function readTradingTime(reader: QueryRunner, calendarOf: CalendarOfZone): Promise<HasTradingTime> {
  const { rows } = await reader.query(
    'SELECT symbol, provider, arg_max(time_zone, as_of) AS zone FROM contracts WHERE time_zone IS NOT NULL GROUP BY ALL',
  );
  const calendars = new Map<string, Calendar | undefined>(
    rows.map(({ symbol, provider, zone }) => [`${String(provider)} ${String(symbol)}`, calendarOf(String(zone))]),
  );
  return (provider, series, window) => {
    if (!series.startsWith('equity_bars/') && !series.startsWith('option_bars/')) return true;
    const { symbol, parameters } = parseSeriesName(series);
    const calendar = calendars.get(`${provider} ${symbol}`);
    if (calendar === undefined) return true;
    const isAllDay = !parameters.split('/').includes('rth');
    const sessions = calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end), 1));
    return sessions.some(({ open, close, dayStart, dayEnd }) =>
      overlaps(window, isAllDay ? { start: dayStart, end: dayEnd } : { start: open, end: close }),
    );
  };
}
