import { barSizes, isIntraday } from '../../core/tables/bars.js';
import type { BarSize, TradingHours } from '../../core/tables/bars.js';
import type { TradingSession } from '../../core/time/calendar.js';
import { minute } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { normalize } from '../../core/time/window.js';
import type { Window, Windows } from '../../core/time/window.js';

/** A longer time without a bar is not claimed: it may be a part that the file lacks. */
const maxSilence: Duration = 30 * minute;

/** A bar with the session that it belongs to. */
export interface TimedBar {
  readonly ts: Instant;
  readonly session: TradingSession;
}

/**
 * Returns the windows that bars cover, given in order of time. A daily bar covers the day of its session. Shorter bars cover the
 * day only if they reach from its open to its close without a silence of more than half an hour; else the parts between.
 */
export function findHeldWindows(bars: readonly TimedBar[], barSize: BarSize, hours: TradingHours): Windows {
  if (!isIntraday(barSize))
    return normalize(bars.map(({ session }) => ({ start: session.dayStart, end: session.dayEnd })));
  const size = barSizes[barSize];
  const longest = Math.max(maxSilence, size);
  const windows: Window[] = [];
  let run: { start: Instant; end: Instant; session: TradingSession } | null = null;
  const close = (): void => {
    if (run !== null) windows.push(extend(run, longest, hours));
  };
  for (const { ts, session } of bars) {
    if (run?.session.date === session.date && ts - run.end <= longest) run.end = Math.max(run.end, ts + size);
    else {
      close();
      run = { start: ts, end: ts + size, session };
    }
  }
  close();
  return normalize(windows);
}

/** Extends a run of bars that begins at the open, or ends at the close, to that end of the session's day. */
function extend(
  { start, end, session }: Window & { readonly session: TradingSession },
  longest: Duration,
  hours: TradingHours,
): Window {
  // With all hours, trading begins and ends at times that no calendar has.
  const [first, last] = hours === 'rth' ? [session.open, session.close] : [session.dayStart, session.dayEnd];
  return {
    start: start - first <= longest ? session.dayStart : start,
    end: last - end <= longest ? session.dayEnd : Math.min(end, session.dayEnd),
  };
}
