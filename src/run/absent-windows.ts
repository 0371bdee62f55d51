import type { AbsenceKind } from '../core/absence.js';
import { selectOpenLacks } from '../core/answer-lacks.js';
import type { OpenLacks } from '../core/answer-lacks.js';
import type { ClosedWindow } from '../core/fetch-result.js';
import { formatSeriesName } from '../core/series.js';
import type { Series } from '../core/series.js';
import type { BarSize } from '../core/tables/bars.js';
import { tables } from '../core/tables/tables.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Calendar } from '../core/time/calendar.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { overlaps } from '../core/time/window.js';
import type { Window } from '../core/time/window.js';
import { hasRowsInLake, isUsuallyQuiet } from '../plan/quiet-options.js';
import { listDates, toUntraded } from '../plan/tasks/list-absences.js';
import type { Execution } from './execution.js';

/** Dates of the sessions that an answer left without data, and not by a failure, by kind. */
type AbsentWindows = ReadonlyMap<AbsenceKind, readonly LocalDate[]>;

/** What an answer has and leaves out, for the end of its task. */
export interface AnswerContents {
  /** Sessions that the answer leaves absent until the user or time changes something; undefined for none. */
  readonly absent?: AbsentWindows;
  /** Sessions with rows, for bars of options: those in which others of the underlying may have none of the same size. */
  readonly traded?: { readonly barSize: BarSize; readonly dates: readonly LocalDate[] };
  /** What an answer about the current state lacks; undefined for nothing. */
  readonly lacks?: OpenLacks;
}

/** Finds what an answer leaves out: the sessions without rows, for options also those with rows, and parts of a chain. */
export function findContents(
  series: Series,
  closedWindows: readonly ClosedWindow[],
  calendar: Calendar,
  { prepared }: Execution,
): AnswerContents {
  if (series.dataset !== 'option_bars') {
    const prefix = series.dataset === 'option_snapshots' ? series.expiry : '';
    const lacks = selectOpenLacks(closedWindows[0]?.lacks, prefix);
    return {
      absent: findAbsentWindows(closedWindows, series.dataset, calendar),
      ...(lacks === null ? {} : { lacks }),
    };
  }
  const { provider, instrument, contract, barSize } = series;
  const { context, knownState } = prepared;
  const dates = listTradedDates(closedWindows, calendar);
  const trades = dates.length > 0 || hasRowsInLake(context.coverage(provider, formatSeriesName(series)));
  const price = knownState.price(provider, instrument.symbol)?.price;
  const isQuiet = isUsuallyQuiet(contract, price, calendar.dateAt(context.now), trades);
  const absent = findAbsentWindows(closedWindows, series.dataset, calendar);
  return { absent: isQuiet ? toUntraded(absent, dates) : absent, traded: { barSize, dates } };
}

/** Stands for the date of a table of the current state. */
const currentState: LocalDate = '';

/** Finds the sessions that an outcome leaves absent. */
function findAbsentWindows(
  closedWindows: readonly ClosedWindow[],
  dataset: Dataset,
  calendar: Calendar,
): AbsentWindows {
  const absent = new Map<AbsenceKind, LocalDate[]>();
  for (const closed of closedWindows) {
    const kind = classify(closed);
    if (kind === null) continue;
    const dates = tables[dataset].kind === 'span' ? listSessionDates(closed.window, calendar) : [currentState];
    absent.set(kind, [...(absent.get(kind) ?? []), ...dates]);
  }
  return absent;
}

function classify({ state, emptyAnswers }: ClosedWindow): AbsenceKind | null {
  if (state === 'denied') return 'denied';
  if (state !== 'failed' || emptyAnswers === undefined) return null;
  return 'unconfirmed';
}

/** Describes what an incomplete answer leaves open, with its sessions: `the response was truncated (2026-11-27)`. */
export function describeOpenWindows(open: readonly ClosedWindow[], dataset: Dataset, calendar: Calendar): string {
  const reason = open[0]?.reason ?? '';
  if (tables[dataset].kind !== 'span') return reason;
  const alike = open.filter((closed) => (closed.reason ?? '') === reason);
  const dates = new Set(alike.flatMap(({ window }) => listSessionDates(window, calendar)));
  return dates.size === 0 ? reason : `${reason} (${listDates([...dates].sort())})`;
}

/** Lists the dates of the sessions with rows. */
function listTradedDates(closedWindows: readonly ClosedWindow[], calendar: Calendar): readonly LocalDate[] {
  return closedWindows.flatMap(({ window, state, rows }) =>
    rows > 0 && (state === 'data' || state === 'provisional') ? listSessionDates(window, calendar) : [],
  );
}

function listSessionDates(window: Window, calendar: Calendar): readonly LocalDate[] {
  return calendar
    .sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1))
    .filter(({ dayStart, dayEnd }) => overlaps(window, { start: dayStart, end: dayEnd }))
    .map(({ date }) => date);
}
