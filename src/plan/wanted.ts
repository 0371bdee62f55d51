import type { Hours } from '../core/bars.js';
import type { Calendar, Session } from '../core/calendar.js';
import { addDays } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import type { Lookback } from '../pipeline/pipeline.js';
import type { PlanOptions } from './options.js';

/**
 * The sessions a step wants: from its look-back, or from `--from` and `--to` when given, and only finished ones. A session
 * is finished when nothing can be added to it any more: at its close, or at the end of its day when all hours count.
 */
export function wantedSessions(
  calendar: Calendar,
  lookback: Lookback,
  hours: Hours,
  options: Pick<PlanOptions, 'from' | 'to'>,
  now: Instant,
): readonly Session[] {
  const today = calendar.dateAt(now);
  const finished = (from: string, to: string): readonly Session[] => {
    const until = addDays(today, 1);
    const sessions = calendar.sessions(from, to < until ? to : until);
    let count = sessions.length;
    while (count > 0 && !isFinished(sessions[count - 1], hours, now)) count--;
    return count === sessions.length ? sessions : sessions.slice(0, count);
  };
  if (options.from !== null || options.to !== null) {
    const to = options.to ?? addDays(today, 1);
    const from = options.from ?? earliest(calendar, lookback, hours, to, now);
    return from < to ? finished(from, to) : [];
  }
  switch (lookback.kind) {
    case 'dates':
      return finished(lookback.from, lookback.to ?? addDays(today, 1));
    case 'days':
      return finished(addDays(today, -lookback.days), addDays(today, 1));
    case 'sessions': {
      // Five sessions a week at best; holidays and long closures need slack.
      const from = addDays(today, -Math.ceil(lookback.count * 1.6) - 30);
      return finished(from, addDays(today, 1)).slice(-lookback.count);
    }
  }
}

function earliest(calendar: Calendar, lookback: Lookback, hours: Hours, to: string, now: Instant): string {
  if (lookback.kind === 'dates') return lookback.from;
  if (lookback.kind === 'days') return addDays(to, -lookback.days);
  const upTo = Math.min(calendar.startOf(to), now);
  return wantedSessions(calendar, lookback, hours, { from: null, to: null }, upTo)[0]?.date ?? to;
}

function isFinished(session: Session | undefined, hours: Hours, now: Instant): boolean {
  return session !== undefined && now >= (hours === 'rth' ? session.close : session.dayEnd);
}

/** The part of a session's day in which bars can lie. */
export function tradingSpan(session: Session, hours: Hours): Window {
  return hours === 'rth'
    ? { start: session.open, end: session.close }
    : { start: session.dayStart, end: session.dayEnd };
}

/** The whole day of a session: what a request for it asks for. */
export function daySpan(session: Session): Window {
  return { start: session.dayStart, end: session.dayEnd };
}
