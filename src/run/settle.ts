import type { Hours } from '../core/bars.js';
import type { Calendar, Session } from '../core/calendar.js';
import type { CoverageState } from '../core/coverage.js';
import type { SettledWindow } from '../core/delivery.js';
import type { Failure } from '../core/failure.js';
import type { Outcome, Request } from '../core/request.js';
import type { Rows } from '../core/rows.js';
import { addDays } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import { overlaps, subtract } from '../core/window.js';
import type { Window, Windows } from '../core/window.js';
import { tradingSpan } from '../plan/wanted.js';
import { rowsWithin, timesOf } from './rows-within.js';

/** What an outcome means for the lake: the windows it settles and the rows to keep. */
export interface Settlement {
  readonly settled: readonly SettledWindow[];
  readonly rows: Rows | null;
}

/** When an answer counts as final. */
export interface SettleRules {
  readonly calendar: Calendar;
  /** How long after a session's close the source may still revise its bars. */
  readonly settle: Duration;
  readonly answeredAt: Instant;
}

/**
 * Turns an outcome into facts. The one place that decides what may be claimed: rows make `data`, a session the source spoke
 * about without a row is `empty`, what it did not speak about is `failed`, and what it may still change is `provisional`.
 */
export function settle(request: Request, outcome: Outcome, rules: SettleRules): Settlement {
  const { window } = request;
  if (window === null) return settlePoint(outcome, rules.answeredAt);
  switch (outcome.kind) {
    case 'failure':
      return { settled: failed(request.settles, outcome.failure), rows: null };
    case 'empty':
      return { settled: answered(request.settles, null, rules), rows: null };
    case 'rows': {
      const spokenOf = outcome.answered === null ? [] : [outcome.answered];
      // The night after a session is not traded: an answer that ends with the trading leaves nothing open.
      const open = subtract(request.settles, spokenOf).filter((part) =>
        isTraded(part, hoursOf(request), rules.calendar),
      );
      const closed = subtract(request.settles, open);
      const rows = rowsWithin(outcome.rows, closed);
      const cutShort: Failure = { kind: 'retryable', message: 'the answer was cut short' };
      return { settled: [...answered(closed, rows, rules), ...failed(open, cutShort)], rows };
    }
  }
}

function settlePoint(outcome: Outcome, at: Instant): Settlement {
  const window = { start: at, end: at + 1 };
  switch (outcome.kind) {
    case 'failure':
      return { settled: failed([window], outcome.failure), rows: null };
    case 'empty':
      return { settled: [{ window, state: 'empty', rows: 0 }], rows: null };
    case 'rows': {
      const { rows } = outcome;
      const state = rows.length === 0 ? 'empty' : 'data';
      return { settled: [{ window, state, rows: rows.length }], rows: rows.length === 0 ? null : rows };
    }
  }
}

function failed(windows: Windows, failure: Failure): readonly SettledWindow[] {
  const state: CoverageState = failure.kind === 'denied' || failure.kind === 'lost' ? failure.kind : 'failed';
  return windows.map((window) => ({ window, state, rows: 0, note: failure.message }));
}

function answered(windows: Windows, rows: Rows | null, rules: SettleRules): readonly SettledWindow[] {
  const times = rows === null ? new Float64Array() : timesOf(rows);
  let row = 0;
  const countUntil = (end: Instant): number => {
    const from = row;
    while (row < times.length && (times[row] ?? Infinity) < end) row++;
    return row - from;
  };
  return windows.flatMap((window) => {
    const parts: { window: { start: Instant; end: Instant }; state: CoverageState; rows: number }[] = [];
    for (const { part, session } of partsOf(window, rules.calendar)) {
      const count = countUntil(part.end);
      const final = session === null || rules.answeredAt >= session.close + rules.settle;
      const state = !final ? 'provisional' : count > 0 ? 'data' : 'empty';
      const last = parts.at(-1);
      if (last?.state === state) {
        last.window.end = part.end;
        last.rows += count;
      } else parts.push({ window: { ...part }, state, rows: count });
    }
    return parts;
  });
}

function hoursOf({ series }: Request): Hours {
  return 'hours' in series ? series.hours : 'all';
}

/** Whether a bar can lie in the window. */
function isTraded(window: Window, hours: Hours, calendar: Calendar): boolean {
  return sessionsIn(window, calendar).some((session) => overlaps(tradingSpan(session, hours), window));
}

function sessionsIn(window: Window, calendar: Calendar): readonly Session[] {
  return calendar
    .sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1))
    .filter((session) => session.dayEnd > window.start && session.dayStart < window.end);
}

/** A window cut at the days of its sessions, so that a day without rows among days with rows can be told. */
function partsOf(window: Window, calendar: Calendar): readonly { part: Window; session: Session | null }[] {
  const sessions = sessionsIn(window, calendar);
  if (sessions.length === 0) return [{ part: window, session: null }];
  return sessions.map((session, index) => ({
    session,
    part: {
      start: index === 0 ? window.start : session.dayStart,
      end: sessions[index + 1]?.dayStart ?? window.end,
    },
  }));
}
