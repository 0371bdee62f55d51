import { isIntraday } from '../../core/bars.js';
import type { BarSize } from '../../core/bars.js';
import type { Session } from '../../core/calendar.js';
import type { Instant } from '../../core/time.js';
import type { Window } from '../../core/window.js';

/** Bars that came, and what could have come. */
export interface CameBars {
  readonly barSize: BarSize;
  /** What was asked for, as far as it has happened. */
  readonly window: Window;
  /** The sessions that can have bars in it. */
  readonly sessions: readonly Session[];
  readonly times: Float64Array;
  readonly ends: Float64Array;
  /** Whether something that was not there from the beginning is asked for, such as an option. */
  readonly beginsLate: boolean;
}

/**
 * How much longer than any other silence in the answer that at its end may be. An answer without a hole that ends early was
 * cut; one with holes belongs to something that is rarely traded.
 */
const factor = 2;

/**
 * The part of the window that an answer with bars is really about. IB says nowhere how far an answer reaches, so this is
 * told by its silences: trading time without a bar. When the one at an end is more than twice as long as every other, the
 * answer was cut there, or the instrument was not traded yet, or no longer. Only what lies between is claimed; asked for
 * on its own, the rest is either there or IB says that there is nothing.
 */
export function answeredPart(came: CameBars): Window {
  const { window, times, ends, barSize, sessions, beginsLate } = came;
  const first = times[0];
  const lastEnd = ends.at(-1);
  if (first === undefined || lastEnd === undefined) return window;
  const position = isIntraday(barSize) ? tradedTime(window, sessions) : sessionCount(sessions);
  const lead = position(first) - position(window.start);
  const trail = position(window.end) - position(lastEnd);
  let silence = 0;
  for (let index = 1; index < times.length; index++) {
    silence = Math.max(silence, position(times[index] ?? 0) - position(ends[index - 1] ?? 0));
  }
  const cutBefore = !beginsLate && lead > factor * Math.max(silence, trail);
  const cutAfter = trail > factor * Math.max(silence, lead);
  return {
    start: cutBefore ? Math.max(startOf(first, came), window.start) : window.start,
    end: cutAfter ? Math.min(endOf(lastEnd, came), window.end) : window.end,
  };
}

/** How much regular trading time has passed since the window began. */
function tradedTime(window: Window, sessions: readonly Session[]): (instant: Instant) => number {
  const spans: { start: Instant; end: Instant; before: number }[] = [];
  let before = 0;
  for (const { open, close } of sessions) {
    const start = Math.max(open, window.start);
    const end = Math.min(close, window.end);
    if (end <= start) continue;
    spans.push({ start, end, before });
    before += end - start;
  }
  // Instants come in order, nearly always.
  let index = 0;
  return (instant) => {
    while (index > 0 && (spans[index]?.start ?? 0) > instant) index--;
    while (index + 1 < spans.length && (spans[index + 1]?.start ?? Infinity) <= instant) index++;
    const span = spans[index];
    if (span === undefined) return 0;
    return span.before + Math.min(Math.max(instant - span.start, 0), span.end - span.start);
  };
}

/** How many sessions have ended. */
function sessionCount(sessions: readonly Session[]): (instant: Instant) => number {
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

/** Bars of a day speak about the whole day. */
function startOf(ts: Instant, { barSize, sessions }: CameBars): Instant {
  if (isIntraday(barSize)) return ts;
  return sessions.find(({ dayStart, dayEnd }) => ts >= dayStart && ts < dayEnd)?.dayStart ?? ts;
}

function endOf(end: Instant, { barSize, sessions }: CameBars): Instant {
  if (isIntraday(barSize)) return end;
  return sessions.find(({ dayStart, dayEnd }) => end > dayStart && end <= dayEnd)?.dayEnd ?? end;
}
