import type { Absence } from '../core/absence.js';
import type { RunStatus, TaskFinished, TaskStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { DataOrigin } from '../core/series.js';
import { isComputed } from '../core/tables/tables.js';
import type { Duration } from '../core/time/time.js';
import type { PlannedTask } from '../plan/plan.js';
import { getStepDataset } from '../plan/tasks/planned-task.js';
import type { Task, TaskId } from '../plan/task-graph.js';
import type { RequestResult } from './execute-request.js';
import type { TaskResult } from './execution.js';
import { getFailureHint } from './failure-hint.js';

/** The end of a task; `reason` is null when all wanted data is in the lake. */
export interface TaskEnd {
  readonly status: TaskStatus;
  readonly reason: string | null;
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
  absences: readonly Absence[];
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
    absences: [],
    firstFailure: null,
    end: null,
  };
}

export function recordResult(state: TaskState, result: RequestResult): void {
  state.openRequests--;
  state.rows += result.rows;
  state.hasAnswer ||= result.extent !== 'none';
  if (result.isCancelled) state.isCancelled = true;
  else state.firstFailure ??= result.failure;
}

/** Closes requests that will never be sent, because of a failure or because the run stops. */
export function dropRequests(state: TaskState, count: number, failure: Failure | 'cancelled'): void {
  state.openRequests -= count;
  if (failure === 'cancelled') state.isCancelled = true;
  else state.firstFailure ??= failure;
}

/** Derives the end of a task without open requests from their results. */
export function concludeTask({ isCancelled, firstFailure, hasAnswer }: TaskState): TaskEnd {
  if (isCancelled) return cancelledEnd;
  if (firstFailure === null) return { status: 'ok', reason: null };
  return { status: hasAnswer ? 'partial' : 'failed', reason: firstFailure.message };
}

/** The end that a task passes on to a task that needs it; null when that one may start. */
export function propagateEnd(id: TaskId, { status, reason }: TaskEnd): TaskEnd | null {
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
    ...{ status, requests: state.sentRequests, rows: state.rows },
    ...(reason === null ? {} : { reason }),
  };
}

export function toTaskFinished(state: TaskState, durationMs: Duration): TaskFinished {
  const { id, ...result } = toTaskResult(state);
  const hint = state.firstFailure === null ? null : getFailureHint(state.firstFailure);
  return {
    type: 'task-finished',
    task: id,
    ...result,
    durationMs,
    ...(hint === null ? {} : { hint }),
    absences: state.absences,
  };
}

/** Derives the status of a run from its tasks. */
export function getRunStatus(tasks: readonly TaskResult[]): RunStatus {
  if (tasks.some(({ status }) => status === 'cancelled')) return 'cancelled';
  const isUnsuccessful = ({ status }: TaskResult): boolean => status === 'failed' || status === 'skipped';
  if (!tasks.some((task) => isUnsuccessful(task) || task.status === 'partial')) return 'ok';
  return tasks.every(isUnsuccessful) ? 'failed' : 'partial';
}
