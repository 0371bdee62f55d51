import type { AbsenceKind } from '../core/absence.js';
import type { ClosedWindow } from '../core/fetch-result.js';
import { tables } from '../core/tables/tables.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Calendar } from '../core/time/calendar.js';
import { addDays } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { overlaps } from '../core/time/window.js';
import type { Window } from '../core/time/window.js';
import { listDates } from '../plan/tasks/list-absences.js';

/** Dates of the sessions that an answer left without data, and not by a failure, by kind. */
export type AbsentWindows = ReadonlyMap<AbsenceKind, readonly LocalDate[]>;

/** Stands for the date of a table of the current state. */
const currentState: LocalDate = '';

/** Finds the sessions that an outcome leaves absent. */
export function findAbsentWindows(
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
export function listTradedDates(closedWindows: readonly ClosedWindow[], calendar: Calendar): readonly LocalDate[] {
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
