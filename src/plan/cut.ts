import type { Hours } from '../core/bars.js';
import { day } from '../core/time.js';
import { dayNumber } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { intersect, normalize } from '../core/window.js';
import type { Window, Windows } from '../core/window.js';
import { joinGaps } from './gaps.js';
import type { SessionGap } from './gaps.js';
import { tradingSpan } from './wanted.js';

/** One request to be made: what to ask for, and which gaps in it that closes. */
export interface Cut {
  readonly window: Window;
  readonly settles: Windows;
}

/**
 * Covers the gaps with as few windows as the source's limit allows. Starting each window at the first gap not yet covered
 * and stretching it as far as the limit goes is optimal: no other choice reaches further.
 *
 * A limit of days counts dates, as the sources do, so that a day of 25 hours is still one day. A shorter limit is cut
 * inside the session's trading hours and never spans a night.
 */
export function cutGaps(gaps: readonly SessionGap[], longest: Duration, hours: Hours): readonly Cut[] {
  return longest >= day ? cutByDates(gaps, Math.floor(longest / day)) : cutWithinSessions(gaps, longest, hours);
}

function cutByDates(gaps: readonly SessionGap[], days: number): readonly Cut[] {
  const cuts: Cut[] = [];
  let from = 0;
  while (from < gaps.length) {
    const first = gaps[from];
    if (first === undefined) break;
    const lastDay = dayNumber(first.session.date) + days - 1;
    let to = from + 1;
    while (to < gaps.length && dayNumber(gaps[to]?.session.date ?? '') <= lastDay) to++;
    const settles = settledBy(gaps.slice(from, to));
    const start = settles[0]?.start;
    const end = settles.at(-1)?.end;
    if (start !== undefined && end !== undefined) cuts.push({ window: { start, end }, settles });
    from = to;
  }
  return cuts;
}

function cutWithinSessions(gaps: readonly SessionGap[], longest: Duration, hours: Hours): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const gap of gaps) {
    const missing = gap.whole ? [tradingSpan(gap.session, hours)] : gap.windows;
    let position = missing[0]?.start;
    while (position !== undefined) {
      const reach = { start: position, end: position + longest };
      const settles = intersect(missing, [reach]);
      const end = settles.at(-1)?.end ?? reach.end;
      cuts.push({ window: { start: position, end }, settles });
      position = firstAtOrAfter(missing, end);
    }
  }
  return cuts;
}

function firstAtOrAfter(windows: Windows, instant: number): number | undefined {
  const next = windows.find((window) => window.end > instant);
  return next === undefined ? undefined : Math.max(next.start, instant);
}

/** Reasons do not matter for what is asked: neighbouring gaps are one window whatever led to each. */
function settledBy(gaps: readonly SessionGap[]): Windows {
  const joined = joinGaps(gaps.map((gap) => ({ ...gap, reason: { kind: 'never-asked' } })));
  return normalize(joined.map((gap) => gap.window));
}
