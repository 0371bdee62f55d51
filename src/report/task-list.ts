import type { RunEvent, RunStatus, TaskStatus } from '../core/events.js';
import type { RunId } from '../core/request.js';

/** What `run --json` prints: unlike the report it lists every task, so it is only kept when asked for. */
export interface RunResult {
  readonly runId: RunId;
  readonly status: RunStatus;
  readonly requests: number;
  readonly rows: number;
  readonly tasks: readonly TaskResult[];
}

export interface TaskResult {
  readonly id: string;
  readonly step: string;
  readonly symbol: string;
  readonly status: TaskStatus;
  readonly requests: number;
  readonly rows: number;
  /** Why it failed, was skipped or fell short. */
  readonly error?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
}

/** Collects the outcome of every task of one run. */
export interface TaskList {
  add(event: RunEvent): void;
  /** Null until the run has finished. */
  result(): RunResult | null;
}

export function taskList(): TaskList {
  const tasks: TaskResult[] = [];
  let finished: Extract<RunEvent, { type: 'run-finished' }> | null = null;
  return {
    add(event) {
      if (event.type === 'run-finished') finished = event;
      if (event.type !== 'task-finished') return;
      const { task: id, step, symbol, status, requests, rows, reason, remedy } = event;
      tasks.push({
        id,
        step,
        symbol,
        status,
        requests,
        rows,
        ...(reason === undefined ? {} : { error: reason }),
        ...(remedy === undefined ? {} : { remedy }),
      });
    },
    result() {
      if (finished === null) return null;
      const { runId, status, requests, rows } = finished;
      return { runId, status, requests, rows, tasks };
    },
  };
}
