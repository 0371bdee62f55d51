import { isRefetchable } from '../../core/loss-reasons.js';
import type { CoverageState, CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import type { TradingHours } from '../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../core/time/calendar.js';
import { addDays } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { intersect, normalize } from '../../core/time/window.js';
import { tradingSpan, wantedSessions } from './wanted-sessions.js';

export function isLost(coverage: SeriesCoverage): boolean {
  return coverage.some(isRefetchable);
}

/** Finds the finished sessions with rows that are lost and may be had again, or with rows on an earlier scale, whatever the lookback. */
export function findSessionsIn(
  wanted: Extract<CoverageState, 'missing' | 'rescaled'>,
  coverage: SeriesCoverage,
  calendar: Calendar,
  hours: TradingHours,
  now: Instant,
): readonly TradingSession[] {
  const isWanted = wanted === 'missing' ? isRefetchable : ({ state }: CoveredWindow): boolean => state === wanted;
  const lost = normalize(coverage.filter(isWanted));
  const sessions = new Map<string, TradingSession>();
  for (const { start, end } of lost) {
    const dates = {
      kind: 'dates',
      from: calendar.dateAt(start),
      to: addDays(calendar.dateAt(Math.min(end, now) - 1), 1),
    } as const;
    for (const session of wantedSessions(calendar, dates, hours, { from: null, to: null }, now))
      if (intersect([tradingSpan(session, hours)], lost).length > 0) sessions.set(session.date, session);
  }
  return [...sessions.values()];
}
