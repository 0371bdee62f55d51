import type { SeriesCoverage } from '../../core/coverage.js';
import type { TradingHours } from '../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../core/time/calendar.js';
import { addDays, day, toDayNumber } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { RequestBatch } from './batch-gaps.js';
import type { SessionGap } from './session-gaps.js';
import { daySpan, tradingSpan } from './wanted-sessions.js';

export interface OverlapRules {
  /** Number of final sessions to compare; 0 for none. */
  readonly sessions: number;
  readonly maxWindow: Duration;
  readonly hours: TradingHours;
  readonly calendar: Calendar;
}

/**
 * Adds the final sessions beside the newest gap to the requests, so that their rows are compared with the stored ones: a split
 * changes every earlier price of an adjusted series. The request for the gap is extended if the limit of the provider allows;
 * otherwise a request of its own compares as much as one request may.
 */
export function addOverlap(
  batches: readonly RequestBatch[],
  gaps: readonly SessionGap[],
  coverage: SeriesCoverage,
  rules: OverlapRules,
): readonly RequestBatch[] {
  const newest = batches.findLast(({ purpose }) => purpose === undefined);
  const newestGap = gaps.findLast(({ windows }) =>
    windows.some(({ start, end }) => newest !== undefined && start < newest.window.end && end > newest.window.start),
  );
  if (rules.sessions === 0 || newest === undefined || newestGap === undefined) return batches;
  const final = findFinalSessions(newestGap.session, gaps, coverage, rules);
  const [first] = final;
  const last = final.at(-1);
  if (first === undefined || last === undefined) return batches;
  const compared = { start: daySpan(first).start, end: daySpan(last).end };
  const extended = extend(newest.window, compared, rules);
  if (extended !== null)
    return batches.map((batch) => (batch === newest ? { ...batch, window: extended, compares: [compared] } : batch));
  const window = rules.maxWindow >= day ? lastDays(final, rules) : firstPart(last, rules);
  return [...batches, { window, closes: [], compares: [window], purpose: 'comparison' }];
}

/** The sessions of the nearest final rows before the newest gap; without any, of those after it. */
function findFinalSessions(
  { date }: TradingSession,
  gaps: readonly SessionGap[],
  coverage: SeriesCoverage,
  { calendar, hours, sessions: count }: OverlapRules,
): readonly TradingSession[] {
  const requested = new Set(gaps.map(({ session }) => session.date));
  const isFinal = (session: TradingSession): boolean => {
    const { start, end } = tradingSpan(session, hours);
    return (
      !requested.has(session.date) &&
      coverage.some((window) => window.state === 'data' && window.start <= start && window.end >= end)
    );
  };
  // Holidays and long closures need some margin.
  const days = 2 * count + 14;
  const before = calendar.sessions(addDays(date, -days), date).filter(isFinal).slice(-count);
  return before.length > 0
    ? before
    : calendar.sessions(addDays(date, 1), addDays(date, days)).filter(isFinal).slice(0, count);
}

/** The window with the compared one, if the provider allows it; null otherwise. */
function extend(window: Window, compared: Window, { maxWindow, calendar }: OverlapRules): Window | null {
  const start = Math.min(window.start, compared.start);
  const end = Math.max(window.end, compared.end);
  if (start === window.start && end === window.end) return window;
  if (maxWindow < day) return null;
  const dates = toDayNumber(calendar.dateAt(end - 1)) - toDayNumber(calendar.dateAt(start)) + 1;
  return dates <= Math.floor(maxWindow / day) ? { start, end } : null;
}

/** As many of the last sessions as one request may span. */
function lastDays(final: readonly TradingSession[], { maxWindow }: OverlapRules): Window {
  const last = final.at(-1);
  const earliest = toDayNumber(last?.date ?? '') - Math.floor(maxWindow / day) + 1;
  const first = final.find(({ date }) => toDayNumber(date) >= earliest);
  return { start: first?.dayStart ?? NaN, end: last?.dayEnd ?? NaN };
}

/** The beginning of a session, as long as one request may be. */
function firstPart(session: TradingSession, { maxWindow, hours }: OverlapRules): Window {
  const { start, end } = tradingSpan(session, hours);
  return { start, end: Math.min(start + maxWindow, end) };
}
