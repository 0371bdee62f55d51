import { mergeAbsences } from '../core/absence.js';
import type { Absence } from '../core/absence.js';
import { describeAbsences } from '../core/describe-absences.js';
import type { OpenLacks } from '../core/answer-lacks.js';
import type { RunStatus, TaskFinished, TaskStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { DataOrigin } from '../core/series.js';
import type { BarSize } from '../core/tables/bars.js';
import { isComputed } from '../core/tables/tables.js';
import type { Duration, LocalDate } from '../core/time/time.js';
import type { PlannedTask } from '../plan/plan.js';
import { getStepDataset } from '../plan/tasks/planned-task.js';
import { addDates, addUntraded, createAbsence, listLackAbsences } from '../plan/tasks/list-absences.js';
import type { AbsentDates, DatesBySize } from '../plan/tasks/list-absences.js';
import type { Task, TaskId } from '../plan/task-graph.js';
import type { RequestResult } from './execute-request.js';
import type { TaskResult } from './execution.js';
import { getAbsenceHint, getFailureHint } from './failure-hint.js';

/** The end of a task; `reason` is null when all wanted data is in the lake. */
export interface TaskEnd {
  readonly status: TaskStatus;
  readonly reason: string | null;
  /** The task got nothing, which the user accepts: tasks that need it get nothing either, and that is accepted too. */
  readonly acceptedAbsence?: Absence;
}

export const cancelledEnd: TaskEnd = { status: 'cancelled', reason: 'the run was cancelled' };

/** Progress of one task. Updated in place by the functions of this file and by the execution machine only. */
export interface TaskState {
  readonly task: Task;
  /** The destination of its requests: a provider, or `pipe` for computed tables. */
  readonly origin: DataOrigin;
  readonly symbol: string;
  planned: PlannedTask;
  /** Needs of the same plan that have not ended. */
  pendingNeeds: number;
  /** Requests that are neither answered nor dropped. */
  openRequests: number;
  sentRequests: number;
  rows: number;
  hasAnswer: boolean;
  /** True if a request was dropped or aborted because the run stops. */
  isCancelled: boolean;
  /** Wanted windows that the plan does not request. */
  plannedAbsences: readonly Absence[];
  /** Sessions that the answers of this run left absent, by kind. */
  readonly absentDates: AbsentDates;
  /** Sessions that the answers of this run left without bars of single options. */
  readonly untradedDates: DatesBySize;
  /** Sessions in which some of the options have rows, by the answers of this run. */
  readonly tradedDates: DatesBySize;
  /** What the answers of this run about the current state lack. */
  readonly lacks: OpenLacks[];
  /** What the provider said when it denied a request; undefined if it denied none. */
  deniedReason: string | undefined;
  firstFailure: Failure | null;
  /** Null until it ends. */
  end: TaskEnd | null;
}

export function createTaskState(task: Task, planned: PlannedTask): TaskState {
  const { step } = task;
  return {
    task,
    planned,
    origin: isComputed(getStepDataset(step)) ? 'pipe' : step.provider,
    symbol: task.symbol.instrument.symbol,
    pendingNeeds: 0,
    openRequests: 0,
    sentRequests: 0,
    rows: 0,
    hasAnswer: false,
    isCancelled: false,
    plannedAbsences: [],
    absentDates: new Map(),
    untradedDates: new Map(),
    tradedDates: new Map(),
    lacks: [],
    deniedReason: undefined,
    firstFailure: null,
    end: null,
  };
}

export function recordResult(state: TaskState, result: RequestResult): void {
  state.openRequests--;
  state.rows += result.rows;
  state.hasAnswer ||= result.extent !== 'none';
  const { traded } = result;
  for (const [kind, dates] of result.absent ?? []) {
    if (kind === 'untraded' && traded !== undefined) addDates(state.untradedDates, traded.barSize, dates);
    else addDates(state.absentDates, kind, dates);
  }
  if (traded !== undefined) addDates(state.tradedDates, traded.barSize, traded.dates);
  if (result.lacks !== undefined) state.lacks.push(result.lacks);
  if (result.failure?.kind === 'denied') state.deniedReason ??= result.failure.message;
  if (result.isCancelled) state.isCancelled = true;
  else if (result.failure !== null && !isAcceptedDenial(state, result.failure))
    state.firstFailure = chooseFailure(state.firstFailure, result.failure);
}

/** The first failure, unless a later one of the same kind names its cause: requests in queues time out before those in flight. */
function chooseFailure(first: Failure | null, next: Failure): Failure {
  if (first === null) return next;
  const isExplanation = first.code === next.code && getCause(first) === undefined && getCause(next) !== undefined;
  return isExplanation ? next : first;
}

function getCause(failure: Failure): string | undefined {
  return failure.kind === 'retryable' ? failure.cause : undefined;
}

/** Closes requests that will never be sent, because of a failure or because the run stops. */
export function dropRequests(state: TaskState, count: number, failure: Failure | 'cancelled'): void {
  state.openRequests -= count;
  if (failure === 'cancelled') state.isCancelled = true;
  else state.firstFailure ??= failure;
}

function isAcceptedDenial({ task }: TaskState, { kind }: Failure): boolean {
  return kind === 'denied' && task.symbol.acceptsDenied;
}

/** Lists what the task wanted and has not got: by the plan, and by the answers of this run. */
export function listAbsences(state: TaskState): readonly Absence[] {
  const { task, plannedAbsences, end } = state;
  const answered = [...collectAbsentDates(state)].map(([kind, dates]) =>
    createAbsence(task, kind, [...dates], state.deniedReason),
  );
  const inherited = end?.acceptedAbsence;
  return mergeAbsences([
    ...plannedAbsences,
    ...answered,
    ...listLackAbsences(task, state.lacks),
    ...(answered.length > 0 || inherited === undefined ? [] : [inherited]),
  ]);
}

function collectAbsentDates({ absentDates, untradedDates, tradedDates, planned }: TaskState): AbsentDates {
  const plannedDates = planned.status === 'ready' ? planned.tradedDates : undefined;
  const dates: AbsentDates = new Map();
  for (const [kind, known] of absentDates) addDates(dates, kind, known);
  const isTraded = (barSize: BarSize, date: LocalDate): boolean =>
    tradedDates.get(barSize)?.has(date) === true || plannedDates?.get(barSize)?.has(date) === true;
  addUntraded(untradedDates, isTraded, dates);
  return dates;
}

/** Derives the end of a task without open requests from their results. */
export function concludeTask(state: TaskState): TaskEnd {
  const { isCancelled, firstFailure, hasAnswer, task, absentDates } = state;
  if (isCancelled) return cancelledEnd;
  if (firstFailure !== null) return { status: hasAnswer ? 'partial' : 'failed', reason: firstFailure.message };
  const end = concludeAbsences(state, 'ok');
  // Only an accepted denial is no failure. Bars can be requested without the start of the history.
  if (end.status !== 'ok' || hasAnswer || !absentDates.has('denied') || task.step.uses === 'history') return end;
  const acceptedAbsence: Absence = { kind: 'denied', windows: 1, isAccepted: true, reason: `needs ${task.step.name}` };
  return { ...end, acceptedAbsence };
}

/** Returns the end of a task that did all it could: `partial` if the lake still lacks something that it wanted. */
export function concludeAbsences(state: TaskState, status: 'ok' | 'up-to-date'): TaskEnd {
  const lacking = listAbsences(state).filter(({ isAccepted }) => !isAccepted);
  return lacking.length === 0 ? { status, reason: null } : { status: 'partial', reason: describeAbsences(lacking) };
}

/** The end that a task passes on to a task that needs it; null when that one may start. */
export function propagateEnd(id: TaskId, { status, reason, acceptedAbsence }: TaskEnd): TaskEnd | null {
  if (acceptedAbsence !== undefined) return { status: 'up-to-date', reason: null, acceptedAbsence };
  switch (status) {
    case 'ok':
    case 'up-to-date':
    case 'partial':
      return null;
    case 'failed':
      return { status: 'skipped', reason: `${id} failed` };
    case 'skipped':
    case 'cancelled':
      return { status, reason };
  }
}

export function toTaskResult(state: TaskState): TaskResult {
  const { status, reason } = state.end ?? cancelledEnd;
  return {
    ...{ id: state.task.id, step: state.task.step.name, symbol: state.symbol },
    ...{ status, requests: state.sentRequests, rows: state.rows, absences: listAbsences(state) },
    ...(reason === null ? {} : { reason }),
  };
}

function getTaskHint(state: TaskState): string | null {
  const { firstFailure, symbol } = state;
  if (firstFailure !== null) return getFailureHint(firstFailure);
  const lacking = listAbsences(state).find(({ isAccepted }) => !isAccepted);
  return lacking === undefined ? null : getAbsenceHint(lacking.kind, symbol);
}

export function toTaskFinished(state: TaskState, durationMs: Duration): TaskFinished {
  const { id, ...result } = toTaskResult(state);
  const hint = getTaskHint(state);
  return {
    type: 'task-finished',
    task: id,
    ...result,
    durationMs,
    ...(hint === null ? {} : { hint }),
  };
}

/**
 * Derives the status of a run from its tasks. `failed`: nothing succeeded. When a provider was unusable, tasks that were up to
 * date before do not count as success, so that the same outage has the same status on an empty lake and on a full one.
 */
export function getRunStatus(tasks: readonly TaskResult[], fatal: Failure | null = null): RunStatus {
  if (tasks.some(({ status }) => status === 'cancelled')) return 'cancelled';
  const isUnsuccessful = ({ status }: TaskResult): boolean => status === 'failed' || status === 'skipped';
  if (fatal !== null && !tasks.some(hasFetched)) return 'failed';
  if (!tasks.some((task) => isUnsuccessful(task) || task.status === 'partial'))
    return fatal === null ? 'ok' : 'partial';
  return tasks.every(isUnsuccessful) ? 'failed' : 'partial';
}

function hasFetched({ status, requests }: TaskResult): boolean {
  return requests > 0 && (status === 'ok' || status === 'partial');
}
