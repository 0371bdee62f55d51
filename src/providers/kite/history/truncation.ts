import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { Calendar } from '../../../core/time/calendar.js';
import { addDays, minute } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import type { BarSeries } from './bar-series.js';

/** Shares trade and indices are computed until the close; a silence this long before it is no ordinary lull. */
const maxQuietTime: Duration = 30 * minute;

/**
 * From when on an answer may have been cut short, judged by its last bar; null when it reaches the end as it should. It may
 * also be that nothing was traded: only asking for the rest alone tells, since then Kite has to say that there is nothing.
 */
export function possiblyTruncatedFrom(
  lastBar: Instant,
  { series, calendar, end }: { readonly series: BarSeries; readonly calendar: Calendar; readonly end: Instant },
): Instant | null {
  const { barSize, dataset } = series;
  const lastDate = calendar.dateAt(lastBar);
  const hasClosed = ({ close }: { readonly close: Instant }): boolean => close <= end;
  if (isIntraday(barSize) && dataset === 'equity_bars') {
    const [session] = calendar.sessions(lastDate, addDays(lastDate, 1));
    const lastEnd = lastBar + barSizes[barSize];
    if (session !== undefined && hasClosed(session) && session.close - lastEnd > maxQuietTime) return lastEnd;
  }
  const laterSession = calendar.sessions(addDays(lastDate, 1), addDays(calendar.dateAt(end), 1)).find(hasClosed);
  return laterSession === undefined ? null : laterSession.dayStart;
}
