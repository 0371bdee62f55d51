import type { Clock } from '../core/time/clock.js';
import type { RunEventBody, TaskStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { Instant } from '../core/time/time.js';
import type { Task } from '../plan/task-graph.js';
import type { RequestResult } from './execute-request.js';
import type { TaskResult } from './execution-context.js';
import { hintFor } from './failure-hint.js';

/** How a task ended, and why when not everything it wanted is there. */
export interface TaskEnd {
  readonly status: TaskStatus;
  readonly reason: string | null;
}

/** What is known of one task while its plan is executed. */
export interface TaskTracker {
  readonly task: Task;
  /** Null until it has ended. */
  readonly end: TaskEnd | null;
  /** How many of its requests have neither been answered nor given up. */
  readonly openRequests: number;
  /** Some of what it wants was refused before and will not be asked for. */
  markDenied(): void;
  start(requests: number): void;
  readonly recordSent: () => void;
  recordResult(requestResult: RequestResult): void;
  /** Some of its requests will never be asked: for a failure, or because the run was stopped. */
  dropRequests(requests: number, failure: Failure | 'stopped'): void;
  /** What its answers amount to; only meaningful when none is open. */
  conclude(): TaskEnd;
  /** Ends it, once; later calls change nothing. */
  finish(end: TaskEnd): void;
  result(): TaskResult;
}

export const cancelledEnd: TaskEnd = { status: 'interrupted', reason: 'the run was stopped' };

/** Keeps count of one task and tells of its start and end: each at most once, and no start after the end. */
export function createTaskTracker(task: Task, clock: Clock, emit: (event: RunEventBody) => void): TaskTracker {
  let startedAt: Instant | null = null;
  let end: TaskEnd | null = null;
  let openRequests = 0;
  let sent = 0;
  let rows = 0;
  let hasAnswer = false;
  let interrupted = false;
  let hasDeniedWindows = false;
  let firstFailure: Failure | null = null;
  const taskNames = { step: task.step.name, symbol: task.symbol.instrument.symbol };

  return {
    task,
    get end() {
      return end;
    },
    get openRequests() {
      return openRequests;
    },
    markDenied() {
      hasDeniedWindows = true;
    },
    start(requests) {
      startedAt = clock.now();
      openRequests = requests;
      emit({ type: 'task-started', task: task.id, ...taskNames, requests });
    },
    recordSent() {
      sent++;
    },
    recordResult(requestResult) {
      openRequests--;
      rows += requestResult.rows;
      hasAnswer ||= requestResult.extent !== 'none';
      if (requestResult.interrupted) interrupted = true;
      else firstFailure ??= requestResult.failure;
    },
    dropRequests(requests, failure) {
      openRequests -= requests;
      if (failure === 'stopped') interrupted = true;
      else firstFailure ??= failure;
    },
    conclude() {
      if (interrupted) return cancelledEnd;
      if (firstFailure === null) return { status: 'ok', reason: null };
      return { status: hasAnswer ? 'partial' : 'failed', reason: firstFailure.message };
    },
    finish(taskEnd) {
      if (end !== null) return;
      end = taskEnd;
      const hint = firstFailure === null ? null : hintFor(firstFailure);
      emit({
        type: 'task-finished',
        task: task.id,
        ...taskNames,
        status: taskEnd.status,
        requests: sent,
        rows,
        durationMs: startedAt === null ? 0 : clock.now() - startedAt,
        ...(taskEnd.reason === null ? {} : { reason: taskEnd.reason }),
        ...(hint === null ? {} : { hint }),
        ...(hasDeniedWindows ? { hasDeniedWindows } : {}),
      });
    },
    result() {
      const status = end?.status ?? 'interrupted';
      const reason = end?.reason ?? null;
      return { id: task.id, ...taskNames, status, requests: sent, rows, ...(reason === null ? {} : { reason }) };
    },
  };
}
