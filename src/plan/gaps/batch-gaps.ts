import type { TradingHours } from '../../core/tables/bars.js';
import type { Request } from '../../core/request.js';
import { day } from '../../core/time/time.js';
import { toDayNumber } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { intersect, normalize } from '../../core/time/window.js';
import type { Window, Windows } from '../../core/time/window.js';
import { joinGaps } from './session-gaps.js';
import type { SessionGap } from './session-gaps.js';
import { tradingSpan } from './wanted-sessions.js';

/** One planned request: its window, and the gaps in it that an answer closes. */
export interface RequestBatch {
  readonly window: Window;
  readonly closes: Windows;
  /** As in `Request`. */
  readonly compares?: Windows;
  readonly purpose?: Request['purpose'];
}

/**
 * Covers the gaps with as few windows as the provider's limit allows. Starting each window at the first gap not yet covered
 * and extending it to the limit is optimal: no other choice reaches further.
 *
 * A limit of days counts dates, as the providers do, so that a day of 25 hours is still one day. A window under a shorter
 * limit stays within the trading hours of one session.
 */
export function batchGaps(
  gaps: readonly SessionGap[],
  maxWindow: Duration,
  hours: TradingHours,
): readonly RequestBatch[] {
  return maxWindow >= day
    ? batchByDates(gaps, Math.floor(maxWindow / day))
    : batchWithinSessions(gaps, maxWindow, hours);
}

function batchByDates(gaps: readonly SessionGap[], days: number): readonly RequestBatch[] {
  const batches: RequestBatch[] = [];
  let from = 0;
  while (from < gaps.length) {
    const first = gaps[from];
    if (first === undefined) break;
    const lastDay = toDayNumber(first.session.date) + days - 1;
    let to = from + 1;
    while (to < gaps.length && toDayNumber(gaps[to]?.session.date ?? '') <= lastDay) to++;
    const closes = mergeGapWindows(gaps.slice(from, to));
    const start = closes[0]?.start;
    const end = closes.at(-1)?.end;
    if (start !== undefined && end !== undefined)
      batches.push({ window: { start, end }, closes, ...getPurpose(gaps.slice(from, to)) });
    from = to;
  }
  return batches;
}

function batchWithinSessions(
  gaps: readonly SessionGap[],
  maxWindow: Duration,
  hours: TradingHours,
): readonly RequestBatch[] {
  const batches: RequestBatch[] = [];
  for (const gap of gaps) {
    const missing = intersect(gap.windows, [tradingSpan(gap.session, hours)]);
    let position = missing[0]?.start;
    while (position !== undefined) {
      const range = { start: position, end: position + maxWindow };
      const closes = intersect(missing, [range]);
      const end = closes.at(-1)?.end ?? range.end;
      batches.push({ window: { start: position, end }, closes, ...getPurpose([gap]) });
      position = nextUncoveredInstant(missing, end);
    }
  }
  return batches;
}

/** A request that only brings rows to another price scale waits for the others. */
function getPurpose(gaps: readonly SessionGap[]): Pick<RequestBatch, 'purpose'> {
  return gaps.every(isRescaled) ? { purpose: 'restatement' } : {};
}

function isRescaled({ reason }: SessionGap): boolean {
  return reason.kind === 'requested-before' && reason.state === 'rescaled';
}

function nextUncoveredInstant(windows: Windows, instant: number): number | undefined {
  const next = windows.find((window) => window.end > instant);
  return next === undefined ? undefined : Math.max(next.start, instant);
}

/** Joins adjacent gaps into windows, whatever their reasons. */
function mergeGapWindows(gaps: readonly SessionGap[]): Windows {
  const joined = joinGaps(gaps.map((gap) => ({ ...gap, reason: { kind: 'never-requested' } })));
  return normalize(joined.map((gap) => gap.window));
}
