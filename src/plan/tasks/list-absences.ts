import { mergeAbsences } from '../../core/absence.js';
import type { Absence, AbsenceKind } from '../../core/absence.js';
import { listItems } from '../../core/answer-lacks.js';
import type { OpenLacks } from '../../core/answer-lacks.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { LocalDate } from '../../core/time/time.js';
import type { AbsentSessions } from '../gaps/absent-sessions.js';
import type { Task } from '../task-graph.js';
import type { PointNotRequested } from './decide-point.js';

/** Dates of absent sessions of all series of a task, by kind. */
export type AbsentDates = Map<AbsenceKind, Set<LocalDate>>;

/** Dates of sessions of all options of a task. Each bar size has its own answers, and shows nothing about the others. */
export type DatesBySize = Map<BarSize, Set<LocalDate>>;

export function addDates<Key>(known: Map<Key, Set<LocalDate>>, key: Key, added: Iterable<LocalDate>): void {
  let dates = known.get(key);
  if (dates === undefined) known.set(key, (dates = new Set()));
  for (const date of added) dates.add(date);
}

export function addAbsentSessions(absent: AbsentSessions, dates: AbsentDates): void {
  for (const [kind, added] of absent) addDates(dates, kind, added);
}

/** Counts each session once, however many series lack it. */
export function listSessionAbsences(
  task: Task,
  { absent, deniedReason }: { readonly absent: AbsentDates; readonly deniedReason: string | undefined },
): readonly Absence[] {
  return [...absent].map(([kind, dates]) => createAbsence(task, kind, [...dates], deniedReason));
}

/**
 * Takes unconfirmed sessions of an option that is often without a trade for ordinary ones. A silence in a session with rows is
 * none: it is only noticed in an option that trades all the time.
 */
export function toUntraded(absent: AbsentSessions, traded: readonly LocalDate[]): AbsentSessions {
  const dates = absent.get('unconfirmed');
  if (dates === undefined) return absent;
  const [silent, interrupted] = [
    dates.filter((date) => !traded.includes(date)),
    dates.filter((date) => traded.includes(date)),
  ];
  const result = new Map(absent);
  if (interrupted.length > 0) result.set('unconfirmed', interrupted);
  else result.delete('unconfirmed');
  return silent.length === 0 ? result : result.set('untraded', silent);
}

/**
 * Adds the sessions that some options lack: `unconfirmed` where no option of the task has bars of the same size, because that is not
 * left to illiquidity.
 */
export function addUntraded(
  untraded: DatesBySize,
  isTraded: (barSize: BarSize, date: LocalDate) => boolean,
  dates: AbsentDates,
): void {
  for (const [barSize, known] of untraded)
    for (const date of known) addDates(dates, isTraded(barSize, date) ? 'untraded' : 'unconfirmed', [date]);
}

/** Lists the absences of the points of a task that are not requested. */
export function listPointAbsences(task: Task, ...skipped: readonly PointNotRequested[]): readonly Absence[] {
  const kinds = new Set(skipped.map(({ absence }) => absence).filter((kind) => kind !== null));
  const deniedReason = skipped.find(({ absence }) => absence === 'denied')?.deniedReason;
  const lacks = skipped.flatMap((one) => one.lacks ?? []);
  return mergeAbsences([
    ...[...kinds].map((kind) => createAbsence(task, kind, null, deniedReason)),
    ...listLackAbsences(task, lacks),
  ]);
}

/** Lists what answers of a task about the current state leave out, as one absence of each kind. */
export function listLackAbsences(task: Task, lacks: readonly OpenLacks[]): readonly Absence[] {
  const total = lacks.reduce((sum, one) => sum + one.total, 0);
  const missing = lacks.flatMap((one) => one.missing);
  const denied = lacks.flatMap((one) => one.denied);
  const describe = (items: readonly string[]): string =>
    `${String(items.length)} of ${String(total)}: ${listItems(items)}`;
  return [
    ...(denied.length === 0 ? [] : [createAbsence(task, 'denied', null, describe(denied))]),
    ...(missing.length === 0 ? [] : [{ ...createAbsence(task, 'incomplete', null), reason: describe(missing) }]),
    ...(lacks.some(({ quiet }) => quiet > 0) ? [createAbsence(task, 'untraded', null)] : []),
  ];
}

/** Creates an absence of some sessions; `dates` is null, or has one empty date, for a table of the current state. */
export function createAbsence(
  { symbol }: Task,
  kind: AbsenceKind,
  dates: readonly LocalDate[] | null,
  deniedReason?: string,
): Absence {
  const isAccepted = kind === 'unavailable' || kind === 'untraded' || (kind === 'denied' && symbol.acceptsDenied);
  const named = (dates ?? []).filter((date) => date !== '').sort();
  return {
    kind,
    windows: Math.max(1, dates?.length ?? 0),
    isAccepted,
    // What was denied or not requested has been so for years; a hole is looked up by its dates.
    ...((kind === 'unconfirmed' || kind === 'lost') && named.length > 0 ? { reason: listDates(named) } : {}),
    ...(kind === 'denied' && deniedReason !== undefined ? { reason: deniedReason } : {}),
  };
}

const maxDates = 3;

/** Lists sorted dates, the first three by name. */
export function listDates(dates: readonly LocalDate[]): string {
  const shown = dates.slice(0, maxDates).join(', ');
  return dates.length > maxDates ? `${shown} and ${String(dates.length - maxDates)} more` : shown;
}
