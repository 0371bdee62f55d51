import { isIntraday } from '../../../core/tables/bars.js';
import type { BarSize } from '../../../core/tables/bars.js';
import type { TradingSession } from '../../../core/time/calendar.js';
import type { Instant } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';

/** The bars of a response, and the sessions in which there could have been bars. */
export interface ReceivedBars {
  readonly barSize: BarSize;
  /** The requested window up to now. */
  readonly window: Window;
  /** The sessions that can have bars in it. */
  readonly sessions: readonly TradingSession[];
  readonly times: Float64Array;
  readonly ends: Float64Array;
  /** True if the contract may have been listed after the window began, such as an option. */
  readonly mayStartLate: boolean;
}

/**
 * A response counts as truncated if the gap at its end is longer than its largest other gap by this factor. A response without
 * gaps that ends early was truncated; one with gaps belongs to an instrument that is rarely traded.
 */
const truncationFactor = 2;

/**
 * The part of the window that a response with bars covers. IB does not report how far a response reaches, so it is inferred
 * from gaps: trading time without a bar. If the gap at an end is more than twice as long as every other gap, the response was
 * truncated there, or the instrument was not traded yet or no longer. Only the part between counts as answered; a later
 * request for the rest either returns its bars or the report that there are none.
 */
export function getCoveredPart(received: ReceivedBars): Window {
  const { window, times, ends, barSize, sessions, mayStartLate } = received;
  const first = times[0];
  const lastEnd = ends.at(-1);
  if (first === undefined || lastEnd === undefined) return window;
  const toPosition = isIntraday(barSize) ? createTradingTimeCounter(window, sessions) : createSessionCounter(sessions);
  const leadingGap = toPosition(first) - toPosition(window.start);
  const trailingGap = toPosition(window.end) - toPosition(lastEnd);
  let maxGap = 0;
  for (let index = 1; index < times.length; index++) {
    maxGap = Math.max(maxGap, toPosition(times[index] ?? 0) - toPosition(ends[index - 1] ?? 0));
  }
  const isStartCut = !mayStartLate && leadingGap > truncationFactor * Math.max(maxGap, trailingGap);
  const isEndCut = trailingGap > truncationFactor * Math.max(maxGap, leadingGap);
  return {
    start: isStartCut ? Math.max(getCoverageStart(first, received), window.start) : window.start,
    end: isEndCut ? Math.min(getCoverageEnd(lastEnd, received), window.end) : window.end,
  };
}

/** Counts the regular trading time since the window began. */
function createTradingTimeCounter(window: Window, sessions: readonly TradingSession[]): (instant: Instant) => number {
  const spans: { start: Instant; end: Instant; before: number }[] = [];
  let before = 0;
  for (const { open, close } of sessions) {
    const start = Math.max(open, window.start);
    const end = Math.min(close, window.end);
    if (end <= start) continue;
    spans.push({ start, end, before });
    before += end - start;
  }
  // Most calls come in order of time.
  let index = 0;
  return (instant) => {
    while (index > 0 && (spans[index]?.start ?? 0) > instant) index--;
    while (index + 1 < spans.length && (spans[index + 1]?.start ?? Infinity) <= instant) index++;
    const span = spans[index];
    if (span === undefined) return 0;
    return span.before + Math.min(Math.max(instant - span.start, 0), span.end - span.start);
  };
}

/** Counts the sessions that have ended. */
function createSessionCounter(sessions: readonly TradingSession[]): (instant: Instant) => number {
  return (instant) => {
    let low = 0;
    let high = sessions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sessions[middle]?.close ?? Infinity) <= instant) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** A daily bar covers its whole day. */
function getCoverageStart(ts: Instant, { barSize, sessions }: ReceivedBars): Instant {
  if (isIntraday(barSize)) return ts;
  return sessions.find(({ dayStart, dayEnd }) => ts >= dayStart && ts < dayEnd)?.dayStart ?? ts;
}

function getCoverageEnd(end: Instant, { barSize, sessions }: ReceivedBars): Instant {
  if (isIntraday(barSize)) return end;
  return sessions.find(({ dayStart, dayEnd }) => end > dayStart && end <= dayEnd)?.dayEnd ?? end;
}
