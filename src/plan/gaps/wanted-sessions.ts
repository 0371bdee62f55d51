import type { TradingHours } from '../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../core/time/calendar.js';
import { addDays } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { Lookback } from '../../config/pipeline/pipeline.js';
import type { PlanOptions } from '../plan-options.js';

/**
 * Returns the finished sessions that a step wants: those of its lookback, or of `--from` and `--to`. A session is finished
 * when it gets no more bars: at its close, or at the end of its day with `hours: all`.
 */
export function wantedSessions(
  calendar: Calendar,
  lookback: Lookback,
  hours: TradingHours,
  options: Pick<PlanOptions, 'from' | 'to'>,
  now: Instant,
): readonly TradingSession[] {
  const today = calendar.dateAt(now);
  const findFinished = (from: string, to: string): readonly TradingSession[] => {
    const until = addDays(today, 1);
    const sessions = calendar.sessions(from, to < until ? to : until);
    let count = sessions.length;
    while (count > 0 && !isFinished(sessions[count - 1], hours, now)) count--;
    return count === sessions.length ? sessions : sessions.slice(0, count);
  };
  if (options.from !== null || options.to !== null) {
    const to = options.to ?? addDays(today, 1);
    const from = options.from ?? findEarliestDate(calendar, lookback, hours, to, now);
    return from < to ? findFinished(from, to) : [];
  }
  switch (lookback.kind) {
    case 'dates':
      return findFinished(lookback.from, lookback.to ?? addDays(today, 1));
    case 'days':
      return findFinished(addDays(today, -lookback.days), addDays(today, 1));
    case 'sessions': {
      // A week has at most five sessions; holidays and long closures need some margin.
      const from = addDays(today, -Math.ceil(lookback.count * 1.6) - 30);
      return findFinished(from, addDays(today, 1)).slice(-lookback.count);
    }
  }
}

function findEarliestDate(
  calendar: Calendar,
  lookback: Lookback,
  hours: TradingHours,
  to: string,
  now: Instant,
): string {
  if (lookback.kind === 'dates') return lookback.from;
  if (lookback.kind === 'days') return addDays(to, -lookback.days);
  const endOfLookback = Math.min(calendar.startOf(to), now);
  return wantedSessions(calendar, lookback, hours, { from: null, to: null }, endOfLookback)[0]?.date ?? to;
}

function isFinished(session: TradingSession | undefined, hours: TradingHours, now: Instant): boolean {
  return session !== undefined && now >= (hours === 'rth' ? session.close : session.dayEnd);
}

/** Returns the part of a session's day that can have bars. */
export function tradingSpan(session: TradingSession, hours: TradingHours): Window {
  return hours === 'rth'
    ? { start: session.open, end: session.close }
    : { start: session.dayStart, end: session.dayEnd };
}

/** Returns the whole day of a session, which is what a request for it covers. */
export function daySpan(session: TradingSession): Window {
  return { start: session.dayStart, end: session.dayEnd };
}
