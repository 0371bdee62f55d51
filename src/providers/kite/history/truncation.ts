import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import { addDays, minute } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import type { BarSeries } from './candles.js';

/** Shares trade and indices are computed until the close, so a longer gap before it is unusual. */
const maxQuietTime: Duration = 30 * minute;

interface TruncationRules {
  readonly series: BarSeries;
  readonly calendar: Calendar;
  readonly end: Instant;
}

/**
 * The instant from which a response may be truncated, judged by its last bars; null if it reaches the end. There may also have
 * been no trades: a request for the rest decides, because Kite then reports that there is no data. Gaps between bars excuse none
 * at the end, except for options, most of which are silent for hours.
 */
export function possiblyTruncatedFrom(times: Float64Array, { series, calendar, end }: TruncationRules): Instant | null {
  const { barSize, dataset } = series;
  const lastBar = times.at(-1);
  if (lastBar === undefined) return null;
  const lastDate = calendar.dateAt(lastBar);
  const hasClosed = ({ close }: { readonly close: Instant }): boolean => close <= end;
  if (isIntraday(barSize)) {
    const [session] = calendar.sessions(lastDate, addDays(lastDate, 1));
    const lastEnd = lastBar + barSizes[barSize];
    if (session !== undefined && hasClosed(session)) {
      const excused = dataset === 'option_bars' ? getLongestGap(times, barSizes[barSize], session) : 0;
      if (session.close - lastEnd > Math.max(maxQuietTime, excused)) return lastEnd;
    }
  }
  const laterSession = calendar.sessions(addDays(lastDate, 1), addDays(calendar.dateAt(end), 1)).find(hasClosed);
  return laterSession === undefined ? null : laterSession.dayStart;
}

/** Returns the longest gap of a session before its last bar. */
function getLongestGap(times: Float64Array, size: Duration, { open }: TradingSession): Duration {
  let longest = 0;
  for (let index = times.length - 1; index >= 0 && (times[index] ?? -Infinity) >= open; index--) {
    const before = index === 0 ? open : Math.max(open, (times[index - 1] ?? open) + size);
    longest = Math.max(longest, (times[index] ?? open) - before);
  }
  return longest;
}
