import type { Absence, AbsenceKind } from '../../core/absence.js';
import type { LocalDate } from '../../core/time/time.js';
import type { AbsentSessions } from '../gaps/absent-sessions.js';
import type { Task } from '../task-graph.js';
import type { PointNotRequested } from './decide-point.js';

/** Dates of absent sessions of all series of a task, by kind. */
export type AbsentDates = Map<AbsenceKind, Set<LocalDate>>;

export function addAbsentSessions(absent: AbsentSessions, dates: AbsentDates): void {
  for (const [kind, added] of absent) {
    let known = dates.get(kind);
    if (known === undefined) dates.set(kind, (known = new Set()));
    for (const date of added) known.add(date);
  }
}

/** Counts each session once, however many series lack it. */
export function listSessionAbsences(task: Task, absent: AbsentDates): readonly Absence[] {
  return [...absent].map(([kind, dates]) => createAbsence(task, kind, dates.size));
}

/** Lists the kinds of absences of the points of a task that are not requested. */
export function listPointAbsences(task: Task, ...skipped: readonly PointNotRequested[]): readonly Absence[] {
  const kinds = new Set(skipped.map(({ absence }) => absence).filter((kind) => kind !== null));
  return [...kinds].map((kind) => createAbsence(task, kind, 1));
}

function createAbsence({ symbol }: Task, kind: AbsenceKind, windows: number): Absence {
  return { kind, windows, isAccepted: kind === 'unavailable' || (kind === 'denied' && symbol.acceptsDenied) };
}
