import { barSizes, isIntraday } from '../../core/bars.js';
import type { Calendar } from '../../core/calendar.js';
import { addDays, minute } from '../../core/time.js';
import type { Duration, Instant } from '../../core/time.js';
import type { BarSeries } from './bar-series.js';

/** Shares trade and indices are computed until the close; a silence this long before it is no ordinary lull. */
const longestLull: Duration = 30 * minute;

/**
 * From when on an answer may have been cut short, judged by its last bar; null when it reaches the end as it should. It may
 * also be that nothing was traded: only asking for the rest alone tells, since then Kite has to say that there is nothing.
 */
export function doubtfulFrom(
  lastBar: Instant,
  { series, calendar, end }: { readonly series: BarSeries; readonly calendar: Calendar; readonly end: Instant },
): Instant | null {
  const { barSize, dataset } = series;
  const lastDate = calendar.dateAt(lastBar);
  const isOver = ({ close }: { readonly close: Instant }): boolean => close <= end;
  if (isIntraday(barSize) && dataset === 'equity_bars') {
    const [session] = calendar.sessions(lastDate, addDays(lastDate, 1));
    const lastEnd = lastBar + barSizes[barSize];
    if (session !== undefined && isOver(session) && session.close - lastEnd > longestLull) return lastEnd;
  }
  const later = calendar.sessions(addDays(lastDate, 1), addDays(calendar.dateAt(end), 1)).find(isOver);
  return later === undefined ? null : later.dayStart;
}
