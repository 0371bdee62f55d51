import type { FetchOutcome } from '../core/request.js';
import type { Series } from '../core/series.js';
import { selectBars } from '../core/tables/select-bars.js';
import { createHoursFilter, mergeOutsideBars, toOutsideBars } from '../core/tables/trading-hours.js';
import type { Calendar } from '../core/time/calendar.js';
import { fromDayNumber } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';

/**
 * Drops bars at times without trading, whichever provider sent them: they would be stored as rows of a session that they do not
 * belong to. Adapters drop them too, before they judge how far an answer reaches.
 */
export function dropOutsideBars(outcome: FetchOutcome, series: Series, calendar: Calendar): FetchOutcome {
  if (series.dataset !== 'equity_bars' && series.dataset !== 'option_bars') return outcome;
  if (outcome.kind !== 'rows') return outcome;
  const { rows } = outcome;
  if (rows.dataset !== 'equity_bars' && rows.dataset !== 'option_bars') return outcome;
  const { barSize, hours, instrument } = series;
  const isOption = series.dataset === 'option_bars';
  const isInside = createHoursFilter({ barSize, hours, kind: instrument.kind, isOption }, calendar);
  const { ts, session } = rows.columns;
  const dropped: Instant[] = [];
  const kept = new Uint8Array(ts.length);
  for (const [row, at] of ts.entries()) {
    const day = session[row] ?? NaN;
    if (isInside(at, Number.isNaN(day) ? calendar.dateAt(at) : fromDayNumber(day))) kept[row] = 1;
    else dropped.push(at);
  }
  const outside = mergeOutsideBars([outcome.outside, toOutsideBars(dropped)]);
  if (outside === undefined || dropped.length === 0) return outcome;
  const rest = selectBars(rows, rows.length - dropped.length, (column) => column.filter((_, row) => kept[row] === 1));
  return { ...outcome, rows: rest, outside };
}
