import { addDays } from '../core/time/time.js';
import type { Calendar } from '../core/time/calendar.js';
import type { Instant } from '../core/time/time.js';
import { formatZonedTime } from '../core/time/zoned-time.js';
import { joinList } from '../platform/format.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import type { PlanContext } from './plan-context.js';
import type { PlannedTask } from './plan.js';

/** Longer than any closure of an exchange, in days. */
const maxClosure = 31;

/**
 * Notes the exchanges that are closed while the plan asks for current prices: the answers are those of the last session, which
 * providers do not say.
 */
export function noteClosedMarkets(
  { symbols }: Pick<Pipeline, 'symbols'>,
  tasks: readonly PlannedTask[],
  { now, calendar }: Pick<PlanContext, 'now' | 'calendar'>,
): readonly string[] {
  const calendars = new Map(symbols.map(({ instrument }) => [instrument.symbol, instrument.calendar]));
  const stepsByCalendar = new Map<string, Set<string>>();
  for (const { dataset, status, symbol, step } of tasks) {
    if (dataset !== 'quotes' && dataset !== 'option_snapshots') continue;
    const name = calendars.get(symbol);
    if ((status !== 'ready' && status !== 'deferred') || name === undefined) continue;
    stepsByCalendar.set(name, (stepsByCalendar.get(name) ?? new Set()).add(step));
  }
  return [...stepsByCalendar].flatMap(([name, steps]) => {
    const exchange = calendar(name);
    const closedSince = findLastClose(exchange, now);
    if (closedSince === null) return [];
    const since = formatZonedTime(closedSince, exchange.timeZone);
    return [`${joinList([...steps])}: ${name} is closed since ${since}; prices are those of the last session`];
  });
}

/** The close of the last session; null during a session and before the first one. */
function findLastClose(calendar: Calendar, now: Instant): Instant | null {
  const today = calendar.dateAt(now);
  const last = calendar.sessions(addDays(today, -maxClosure), addDays(today, 1)).findLast(({ open }) => open <= now);
  return last === undefined || now < last.close ? null : last.close;
}
