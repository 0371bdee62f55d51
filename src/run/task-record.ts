import type { Clock } from '../core/clock.js';
import type { RunEventBody, TaskStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { Instant } from '../core/time.js';
import type { Task } from '../graph/task-graph.js';
import type { Answer } from './ask.js';
import type { TaskResult } from './execution.js';
import { remedyFor } from './remedy.js';

/** How a task ended, and why when not everything it wanted is there. */
export interface TaskEnd {
  readonly status: TaskStatus;
  readonly reason: string | null;
}

/** What is known of one task while its plan is executed. */
export interface TaskRecord {
  readonly task: Task;
  /** Null until it has ended. */
  readonly end: TaskEnd | null;
  /** How many of its requests have neither been answered nor given up. */
  readonly open: number;
  /** Some of what it wants was refused before and will not be asked for. */
  leaveRefused(): void;
  start(requests: number): void;
  readonly sent: () => void;
  answered(answer: Answer): void;
  /** Some of its requests will never be asked: for a failure, or because the run was stopped. */
  givenUp(requests: number, why: Failure | 'stopped'): void;
  /** What its answers amount to; only meaningful when none is open. */
  verdict(): TaskEnd;
  /** Ends it, once; later calls change nothing. */
  finish(end: TaskEnd): void;
  result(): TaskResult;
}

export const stoppedEnd: TaskEnd = { status: 'interrupted', reason: 'the run was stopped' };

/** Keeps count of one task and tells of its start and end: each at most once, and no start after the end. */
export function taskRecord(task: Task, clock: Clock, emit: (event: RunEventBody) => void): TaskRecord {
  let startedAt: Instant | null = null;
  let end: TaskEnd | null = null;
  let open = 0;
  let sent = 0;
  let rows = 0;
  let somethingAnswered = false;
  let interrupted = false;
  let refused = false;
  let firstFailure: Failure | null = null;
  const names = { step: task.step.name, symbol: task.symbol.instrument.symbol };

  return {
    task,
    get end() {
      return end;
    },
    get open() {
      return open;
    },
    leaveRefused() {
      refused = true;
    },
    start(requests) {
      startedAt = clock.now();
      open = requests;
      emit({ type: 'task-started', task: task.id, ...names, requests });
    },
    sent() {
      sent++;
    },
    answered(answer) {
      open--;
      rows += answer.rows;
      somethingAnswered ||= answer.extent !== 'none';
      if (answer.interrupted) interrupted = true;
      else firstFailure ??= answer.failure;
    },
    givenUp(requests, why) {
      open -= requests;
      if (why === 'stopped') interrupted = true;
      else firstFailure ??= why;
    },
    verdict() {
      if (interrupted) return stoppedEnd;
      if (firstFailure === null) return { status: 'ok', reason: null };
      return { status: somethingAnswered ? 'partial' : 'failed', reason: firstFailure.message };
    },
    finish(how) {
      if (end !== null) return;
      end = how;
      const remedy = firstFailure === null ? null : remedyFor(firstFailure);
      emit({
        type: 'task-finished',
        task: task.id,
        ...names,
        status: how.status,
        requests: sent,
        rows,
        took: startedAt === null ? 0 : clock.now() - startedAt,
        ...(how.reason === null ? {} : { reason: how.reason }),
        ...(remedy === null ? {} : { remedy }),
        ...(refused ? { refused } : {}),
      });
    },
    result() {
      const status = end?.status ?? 'interrupted';
      const reason = end?.reason ?? null;
      return { id: task.id, ...names, status, requests: sent, rows, ...(reason === null ? {} : { reason }) };
    },
  };
}
