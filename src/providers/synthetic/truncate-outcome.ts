import type { Calendar } from '../../core/time/calendar.js';
import { isIntraday } from '../../core/tables/bars.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import { selectBars } from '../../core/tables/select-bars.js';
import type { RowsOf } from '../../core/tables/rows.js';
import { fromDayNumber } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';

/**
 * Keeps the first part of the bars of an outcome and shortens the answered window. Rows without time cannot show that some are
 * missing, so their truncation is a failure.
 */
export function truncateOutcome(
  outcome: FetchOutcome,
  keptShare: number,
  { series }: Request,
  calendar: Calendar | undefined,
): FetchOutcome {
  if (outcome.kind !== 'rows' || outcome.rows.length === 0) return outcome;
  const { rows, answeredWindow } = outcome;
  if ((rows.dataset !== 'equity_bars' && rows.dataset !== 'option_bars') || answeredWindow === null)
    return truncatedFailureOutcome;
  const keptRows = Math.floor(rows.length * keptShare);
  const { ts, session } = rows.columns;
  const isDaily = 'barSize' in series && !isIntraday(series.barSize);
  const nextSessionStart = isDaily ? getStartOfDay(session[keptRows], calendar) : undefined;
  const end = nextSessionStart ?? ts[keptRows];
  if (end === undefined) return outcome;
  return {
    kind: 'rows',
    rows: takeFirst(rows, keptRows),
    answeredWindow: { start: answeredWindow.start, end: Math.max(end, answeredWindow.start) },
  };
}

const truncatedFailureOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'retryable', code: 'truncated', message: 'the response was truncated' },
};

function getStartOfDay(session: number | undefined, calendar: Calendar | undefined): Instant | undefined {
  return session === undefined || Number.isNaN(session) ? undefined : calendar?.startOf(fromDayNumber(session));
}

function takeFirst(rows: RowsOf<'equity_bars' | 'option_bars'>, length: number): RowsOf<'equity_bars' | 'option_bars'> {
  return selectBars(rows, length, (column) => column.slice(0, length));
}
