import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { Calendar } from '../../../core/time/calendar.js';
import { addDays, minute } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import type { BarSeries } from './candles.js';

/** Shares trade and indices are computed until the close, so a longer gap before it is unusual. */
const maxQuietTime: Duration = 30 * minute;

/**
 * The instant from which a response may be truncated, judged by its last bar; null if it reaches the end. There may also have
 * been no trades: a request for the rest decides, because Kite then reports that there is no data.
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
