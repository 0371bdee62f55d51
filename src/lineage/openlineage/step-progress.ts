import type { PlannedStepSummary, TaskStatus, RequestCompleted, Stamped, TaskFinished } from '../../core/events.js';
import type { Dataset } from '../../core/tables/tables.js';
import { formatCount, pluralize } from '../../platform/format.js';
import type { Window } from '../../core/time/window.js';

export interface StepProgress {
  readonly plan: PlannedStepSummary;
  state: 'waiting' | 'started' | 'ended';
  readonly tasks: Record<TaskStatus, number>;
  sentRequests: number;
  completedRequests: number;
  failedRequests: number;
  rows: number;
  /** From the first to the last requested instant. */
  requestedWindow: Window | null;
  /** The reason of the first task that did not succeed. */
  firstFailure: string | null;
}

export function createStepProgress(plan: PlannedStepSummary): StepProgress {
  return {
    plan,
    state: 'waiting',
    tasks: { ok: 0, 'up-to-date': 0, partial: 0, failed: 0, skipped: 0, cancelled: 0 },
    sentRequests: 0,
    completedRequests: 0,
    failedRequests: 0,
    rows: 0,
    requestedWindow: null,
    firstFailure: null,
  };
}

export function recordSent(step: StepProgress, window: Window | null): void {
  step.sentRequests++;
  if (window === null) return;
  const { requestedWindow } = step;
  step.requestedWindow =
    requestedWindow === null
      ? window
      : { start: Math.min(requestedWindow.start, window.start), end: Math.max(requestedWindow.end, window.end) };
}

export function recordCompleted(step: StepProgress, event: Stamped<RequestCompleted>): void {
  step.completedRequests++;
  step.rows += event.rows;
  if (event.outcome !== 'rows' && event.outcome !== 'empty' && event.outcome !== 'partial') step.failedRequests++;
}

export function recordTaskEnd(step: StepProgress, event: Stamped<TaskFinished>): void {
  step.tasks[event.status]++;
  if (event.status !== 'ok' && event.status !== 'up-to-date')
    step.firstFailure ??= `${event.symbol ?? event.step}: ${event.reason ?? event.status}`;
}

export function countEndedTasks(step: StepProgress): number {
  return Object.values(step.tasks).reduce((sum, count) => sum + count, 0);
}

/** The final state of a step in OpenLineage; COMPLETE only if every task succeeded. */
export function describeStepEnd(step: StepProgress): {
  readonly type: 'COMPLETE' | 'FAIL' | 'ABORT';
  readonly message: string | null;
} {
  const { tasks, plan } = step;
  const failed = tasks.failed + tasks.partial;
  const open = plan.tasks - countEndedTasks(step);
  const describe = (count: number, verb: string): string =>
    `${formatCount(count)} of ${pluralize(plan.tasks, 'task')} ${verb}${step.firstFailure === null ? '' : `, the first ${step.firstFailure}`}`;
  if (failed > 0) return { type: 'FAIL', message: describe(failed, 'failed') };
  if (tasks.cancelled > 0 || open > 0)
    return { type: 'ABORT', message: describe(tasks.cancelled + Math.max(0, open), 'did not finish') };
  if (tasks.skipped > 0) return { type: 'ABORT', message: describe(tasks.skipped, 'skipped') };
  return { type: 'COMPLETE', message: null };
}

/** The writes of a run to one table. */
export interface TableWritten {
  version: number;
  rows: number;
  files: number;
  bytes: number;
  /** Requests of this run whose results are committed. */
  committedRequests: number;
}

export type TablesWritten = Map<Dataset, TableWritten>;
