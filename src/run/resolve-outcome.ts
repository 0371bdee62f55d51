import type { TradingHours } from '../core/tables/bars.js';
import type { Calendar, TradingSession } from '../core/time/calendar.js';
import type { CoverageState } from '../core/coverage.js';
import type { ClosedWindow } from '../core/fetch-result.js';
import type { Failure } from '../core/failure.js';
import type { FetchOutcome, Request } from '../core/request.js';
import type { Rows } from '../core/tables/rows.js';
import { addDays } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import { overlaps, subtract } from '../core/time/window.js';
import type { Window, Windows } from '../core/time/window.js';
import { tradingSpan } from '../plan/gaps/wanted-sessions.js';
import { selectRowsWithin, getRowTimes } from './select-rows.js';

/** Windows that an outcome closes, and the rows to store. */
export interface Resolution {
  readonly closedWindows: readonly ClosedWindow[];
  readonly rows: Rows | null;
}

export interface ResolveOptions {
  readonly calendar: Calendar;
  /** The time after a session's close during which the provider may still revise its bars. */
  readonly revisionWindow: Duration;
  readonly answeredAt: Instant;
}

/**
 * Resolves an outcome into coverage. Only this function decides it: a session with rows is `data`, an answered session
 * without rows is `empty`, an unanswered window is `failed`, and a session that may still be revised is `provisional`.
 */
export function resolveOutcome(request: Request, outcome: FetchOutcome, options: ResolveOptions): Resolution {
  const { window } = request;
  if (window === null) return resolvePoint(outcome, options.answeredAt);
  switch (outcome.kind) {
    case 'failure':
      return { closedWindows: failedWindows(request.closes, outcome.failure), rows: null };
    case 'empty':
      return { closedWindows: answeredWindows(request.closes, null, options), rows: null };
    case 'rows': {
      const answered = outcome.answeredWindow === null ? [] : [outcome.answeredWindow];
      // There is no trading at night: an answer that ends with the trading hours leaves nothing open.
      const open = subtract(request.closes, answered).filter((part) =>
        hasTrading(part, getHours(request), options.calendar),
      );
      const closed = subtract(request.closes, open);
      const rows = selectRowsWithin(outcome.rows, closed);
      const truncated: Failure = { kind: 'retryable', message: 'the response was truncated' };
      return { closedWindows: [...answeredWindows(closed, rows, options), ...failedWindows(open, truncated)], rows };
    }
  }
}

function resolvePoint(outcome: FetchOutcome, at: Instant): Resolution {
  const window = { start: at, end: at + 1 };
  switch (outcome.kind) {
    case 'failure':
      return { closedWindows: failedWindows([window], outcome.failure), rows: null };
    case 'empty':
      return { closedWindows: [{ window, state: 'empty', rows: 0 }], rows: null };
    case 'rows': {
      const { rows } = outcome;
      const state = rows.length === 0 ? 'empty' : 'data';
      return { closedWindows: [{ window, state, rows: rows.length }], rows: rows.length === 0 ? null : rows };
    }
  }
}

function failedWindows(windows: Windows, failure: Failure): readonly ClosedWindow[] {
  const state: CoverageState = failure.kind === 'denied' || failure.kind === 'unavailable' ? failure.kind : 'failed';
  return windows.map((window) => ({ window, state, rows: 0, reason: failure.message }));
}

function answeredWindows(windows: Windows, rows: Rows | null, options: ResolveOptions): readonly ClosedWindow[] {
  const times = rows === null ? new Float64Array() : getRowTimes(rows);
  let row = 0;
  const countUntil = (end: Instant): number => {
    const from = row;
    while (row < times.length && (times[row] ?? Infinity) < end) row++;
    return row - from;
  };
  return windows.flatMap((window) => {
    const parts: { window: { start: Instant; end: Instant }; state: CoverageState; rows: number }[] = [];
    for (const { part, session } of splitBySession(window, options.calendar)) {
      const count = countUntil(part.end);
      const isFinal = session === null || options.answeredAt >= session.close + options.revisionWindow;
      const state = !isFinal ? 'provisional' : count > 0 ? 'data' : 'empty';
      const last = parts.at(-1);
      if (last?.state === state) {
        last.window.end = part.end;
        last.rows += count;
      } else parts.push({ window: { ...part }, state, rows: count });
    }
    return parts;
  });
}

function getHours({ series }: Request): TradingHours {
  return 'hours' in series ? series.hours : 'all';
}

function hasTrading(window: Window, hours: TradingHours, calendar: Calendar): boolean {
  return findSessions(window, calendar).some((session) => overlaps(tradingSpan(session, hours), window));
}

function findSessions(window: Window, calendar: Calendar): readonly TradingSession[] {
  return calendar
    .sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1))
    .filter((session) => session.dayEnd > window.start && session.dayStart < window.end);
}

/** Splits a window at the days of its sessions, so that a day without rows among days with rows is `empty`. */
function splitBySession(
  window: Window,
  calendar: Calendar,
): readonly { part: Window; session: TradingSession | null }[] {
  const sessions = findSessions(window, calendar);
  if (sessions.length === 0) return [{ part: window, session: null }];
  return sessions.map((session, index) => ({
    session,
    part: {
      start: index === 0 ? window.start : session.dayStart,
      end: sessions[index + 1]?.dayStart ?? window.end,
    },
  }));
}
