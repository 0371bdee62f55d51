import type { Calendar } from '../../core/calendar.js';
import { isIntraday } from '../../core/bars.js';
import type { Outcome, Request } from '../../core/request.js';
import { takenBars } from '../../core/bar-rows.js';
import type { RowsOf } from '../../core/rows.js';
import { dateOfDayNumber } from '../../core/time.js';
import type { Instant } from '../../core/time.js';

/**
 * The earliest share of an answer, which says how far it goes. A list that has no time cannot say it: that part of it is
 * missing would go unnoticed, so it is no answer.
 */
export function truncated(
  outcome: Outcome,
  keep: number,
  { series }: Request,
  calendar: Calendar | undefined,
): Outcome {
  if (outcome.kind !== 'rows' || outcome.rows.length === 0) return outcome;
  const { rows, answered } = outcome;
  if ((rows.dataset !== 'equity_bars' && rows.dataset !== 'option_bars') || answered === null) return cutOff;
  const kept = Math.floor(rows.length * keep);
  const { ts, session } = rows.columns;
  const daily = 'barSize' in series && !isIntraday(series.barSize);
  const next = daily ? startOfDay(session[kept], calendar) : undefined;
  const end = next ?? ts[kept];
  if (end === undefined) return outcome;
  return {
    kind: 'rows',
    rows: first(rows, kept),
    answered: { start: answered.start, end: Math.max(end, answered.start) },
  };
}

const cutOff: Outcome = {
  kind: 'failure',
  failure: { kind: 'retryable', code: 'truncated', message: 'the answer was cut short' },
};

function startOfDay(session: number | undefined, calendar: Calendar | undefined): Instant | undefined {
  return session === undefined || Number.isNaN(session) ? undefined : calendar?.startOf(dateOfDayNumber(session));
}

function first(rows: RowsOf<'equity_bars' | 'option_bars'>, length: number): RowsOf<'equity_bars' | 'option_bars'> {
  return takenBars(rows, length, (column) => column.slice(0, length));
}
