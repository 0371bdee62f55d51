import type { TradingHours } from '../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../core/time/calendar.js';
import { addDays } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { weekdayName } from '../../core/time/weekday.js';
import { formatZonedTime } from '../../core/time/zoned-time.js';
import type { EquityStep, OptionsStep, Pipeline } from '../../config/pipeline/pipeline.js';
import { wantedSessions } from '../../plan/gaps/wanted-sessions.js';
import { selectsPriority } from '../../plan/plan-options.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import { joinList } from '../../platform/format.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { getCalendarOrExit } from '../get-calendar.js';

/**
 * Ends the command if `--date`, `--from` and `--to` select no finished session of any symbol: nothing would be fetched, and an
 * empty result would look as if the lake were complete.
 */
export function requireSessions(pipeline: Pipeline, options: PlanOptions, now: Instant): void {
  if ((options.from === null && options.to === null) || options.missing) return;
  const steps = pipeline.steps.filter(
    (step): step is EquityStep | OptionsStep =>
      (step.uses === 'equity' || step.uses === 'options') &&
      (options.steps === null || options.steps.includes(step.name)),
  );
  const calendars = listCalendars(pipeline, options);
  const hasSession = steps.some(({ lookback, hours }) =>
    calendars.some((calendar) => wantedSessions(calendar, lookback, hours, options, now).length > 0),
  );
  if (hasSession || steps.length === 0 || calendars.length === 0) return;
  throw createError(options, calendars, steps[0]?.hours ?? 'rth', now);
}

function listCalendars({ symbols }: Pipeline, options: PlanOptions): readonly Calendar[] {
  const names = symbols
    .filter(({ instrument, priority }) => {
      const isSelected = options.symbols === null || options.symbols.includes(instrument.symbol);
      return isSelected && selectsPriority(options, priority);
    })
    .map(({ instrument }) => instrument.calendar);
  return [...new Set(names)].map(getCalendarOrExit);
}

function createError(
  { from, to }: PlanOptions,
  calendars: readonly Calendar[],
  hours: TradingHours,
  now: Instant,
): CliError {
  const names = `the ${calendars.length === 1 ? 'calendar' : 'calendars'} ${joinList(calendars.map(({ exchange }) => exchange))}`;
  const [unfinished] = calendars.flatMap((calendar) =>
    findUnfinished(calendar, from, to, now).map((session) => ({ ...session, zone: calendar.timeZone })),
  );
  const last = calendars.map((calendar) => findLastFinished(calendar, to, hours, now)).find((date) => date !== null);
  const hint = last === undefined ? null : `the last finished session is ${last}`;
  if (unfinished !== undefined) {
    const end = formatZonedTime(hours === 'rth' ? unfinished.close : unfinished.dayEnd, unfinished.zone);
    return new CliError(
      exitCode.someFailed,
      `the session of ${unfinished.date} in ${names} has not finished; it ends at ${end}`,
      hint,
    );
  }
  const range = formatRange(from, to);
  return new CliError(exitCode.usage, `no session ${range} in ${names}`, hint);
}

function formatRange(from: LocalDate | null, to: LocalDate | null): string {
  const lastDate = to === null ? null : addDays(to, -1);
  if (from !== null && from === lastDate) return `on ${from} (${weekdayName(from)})`;
  if (from === null) return `up to ${lastDate ?? ''}`;
  return lastDate === null ? `from ${from} on` : `from ${from} to ${lastDate}`;
}

/** The first session of the range that has not ended, as a list of at most one. */
function findUnfinished(
  calendar: Calendar,
  from: LocalDate | null,
  to: LocalDate | null,
  now: Instant,
): readonly TradingSession[] {
  const today = calendar.dateAt(now);
  const start = from === null || from < today ? today : from;
  return calendar
    .sessions(start, to ?? addDays(start, 30))
    .filter(({ dayEnd }) => dayEnd > now)
    .slice(0, 1);
}

/** The last finished session before the end of the range, or before now. */
function findLastFinished(
  calendar: Calendar,
  to: LocalDate | null,
  hours: TradingHours,
  now: Instant,
): LocalDate | null {
  const today = addDays(calendar.dateAt(now), 1);
  const end = to === null || to > today ? today : to;
  const range = { from: addDays(end, -30), to: end };
  return wantedSessions(calendar, { kind: 'days', days: 30 }, hours, range, now).at(-1)?.date ?? null;
}
