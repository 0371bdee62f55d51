import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { BarSize } from '../../../core/tables/bars.js';
import { getTradingSpans } from '../../../core/time/calendar.js';
import type { TradingSession } from '../../../core/time/calendar.js';
import { minute } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import { isEmpty } from '../../../core/time/window.js';
import type { Window, Windows } from '../../../core/time/window.js';

/** The bars of a response, and the sessions in which there could have been bars. */
export interface ReceivedBars {
  readonly barSize: BarSize;
  /** The requested window up to the instant that the provider can answer. */
  readonly window: Window;
  /** The sessions that can have bars in it. */
  readonly sessions: readonly TradingSession[];
  readonly times: Float64Array;
  readonly ends: Float64Array;
  /** True for an option, which may be listed after the window began and may trade once a week. */
  readonly isOption: boolean;
  readonly now: Instant;
}

/** The part of the window that a response answers, and the ends that it leaves out. */
export interface Coverage {
  readonly answered: Window;
  readonly omitted: Windows;
}

/**
 * Determines how much of the window a response with bars covers. IB does not report how far a response reaches, and a truncated
 * one looks like any other: bars, then the end marker. So trading time without a bar before the first one or after the last is
 * omitted, however quiet the instrument is otherwise: a gap between bars is no excuse for one at an end, because a response may
 * lack sessions inside and at the end at the same time. A request for the omitted part alone either returns its bars or
 * the report that there are none.
 *
 * - While the last session is in progress, gaps between bars and a late delivery excuse one at the end: that session is
 *   provisional and requested again after its close.
 * - An option that trades rarely would need a second request nearly always, for most of a chain. Its end is omitted only if the
 *   gap there is longer than every other one. If its trades come at random, that is the case once in as many responses as it has
 *   gaps, while a response of an option that trades all day shows a truncated end as before. Its beginning is never omitted,
 *   because options are listed while a pipeline runs.
 */
export function getCoverage(received: ReceivedBars): Coverage {
  const { window, times, ends, barSize, sessions, isOption } = received;
  const first = times[0];
  const lastEnd = ends.at(-1);
  if (first === undefined || lastEnd === undefined) return { answered: window, omitted: [] };
  const toPosition = isIntraday(barSize) ? createTradingTimeCounter(window, sessions) : createSessionCounter(sessions);
  const leadingGap = toPosition(first) - toPosition(window.start);
  const trailingGap = toPosition(window.end) - toPosition(lastEnd);
  const isStartOmitted = !isOption && leadingGap >= getShortestGap(received);
  const isEndOmitted =
    trailingGap >
    getExcusedGap(received, lastEnd, () => Math.max(leadingGap, getLongestInnerGap(received, toPosition)));
  const start = isStartOmitted ? Math.max(getCoverageStart(first, received), window.start) : window.start;
  const end = isEndOmitted ? Math.min(getCoverageEnd(lastEnd, received), window.end) : window.end;
  return {
    answered: { start, end },
    omitted: [
      { start: window.start, end: start },
      { start: end, end: window.end },
    ].filter((part) => !isEmpty(part)),
  };
}

/**
 * The shortest gap at the beginning in which a bar is missing. Inside a session a window may begin between two bars, the earlier
 * of which is outside the window; at the open of a session every gap lacks a bar.
 */
function getShortestGap({ window, sessions, barSize }: ReceivedBars): number {
  if (!isIntraday(barSize)) return 1;
  const beginsInSession = sessions.some(({ open, close }) => open < window.start && window.start < close);
  return beginsInSession ? barSizes[barSize] : 1;
}

/** Without a subscription IB withholds the last 15 to 20 minutes. */
const deliveryDelay: Duration = 20 * minute;

/** Returns the longest gap at the end that is not omitted. */
function getExcusedGap(
  { isOption, sessions, now, barSize }: ReceivedBars,
  lastEnd: Instant,
  getLongestOtherGap: () => number,
): number {
  const last = sessions.at(-1);
  const isInProgress = last !== undefined && now < last.close && lastEnd > last.dayStart;
  if (isInProgress) return Math.max(getLongestOtherGap(), isIntraday(barSize) ? deliveryDelay : 0);
  return isOption ? getLongestOtherGap() : 0;
}

function getLongestInnerGap({ times, ends }: ReceivedBars, toPosition: (instant: Instant) => number): number {
  let longest = 0;
  for (let index = 1; index < times.length; index++)
    longest = Math.max(longest, toPosition(times[index] ?? 0) - toPosition(ends[index - 1] ?? 0));
  return longest;
}

/** Counts the regular trading time since the window began. */
function createTradingTimeCounter(window: Window, sessions: readonly TradingSession[]): (instant: Instant) => number {
  const spans: { start: Instant; end: Instant; before: number }[] = [];
  let before = 0;
  for (const span of sessions.flatMap(getTradingSpans)) {
    const start = Math.max(span.start, window.start);
    const end = Math.min(span.end, window.end);
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
