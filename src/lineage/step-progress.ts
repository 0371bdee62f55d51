import type { PlannedStep, RunEvent, TaskStatus } from '../core/events.js';
import type { Dataset } from '../core/tables.js';
import { countText, plural } from '../core/words.js';
import type { Window } from '../core/window.js';

/** One step of a run while it goes on, as lineage needs to know it. */
export interface StepProgress {
  readonly plan: PlannedStep;
  state: 'waiting' | 'started' | 'ended';
  readonly tasks: Record<TaskStatus, number>;
  sent: number;
  answered: number;
  refused: number;
  rows: number;
  /** From the first to the last instant asked for. */
  asked: Window | null;
  /** What the first task that went wrong said. */
  trouble: string | null;
}

export function stepProgress(plan: PlannedStep): StepProgress {
  return {
    plan,
    state: 'waiting',
    tasks: { ok: 0, satisfied: 0, partial: 0, failed: 0, skipped: 0, interrupted: 0 },
    sent: 0,
    answered: 0,
    refused: 0,
    rows: 0,
    asked: null,
    trouble: null,
  };
}

export function noteSent(step: StepProgress, window: Window | null): void {
  step.sent++;
  if (window === null) return;
  const { asked } = step;
  step.asked =
    asked === null ? window : { start: Math.min(asked.start, window.start), end: Math.max(asked.end, window.end) };
}

export function noteAnswered(step: StepProgress, event: Extract<RunEvent, { type: 'request-answered' }>): void {
  step.answered++;
  step.rows += event.rows;
  if (event.outcome !== 'rows' && event.outcome !== 'empty' && event.outcome !== 'partial') step.refused++;
}

export function noteFinished(step: StepProgress, event: Extract<RunEvent, { type: 'task-finished' }>): void {
  step.tasks[event.status]++;
  if (event.status !== 'ok' && event.status !== 'satisfied')
    step.trouble ??= `${event.symbol}: ${event.reason ?? event.status}`;
}

/** How many of the step's tasks have ended. */
export function endedTasks(step: StepProgress): number {
  return Object.values(step.tasks).reduce((sum, count) => sum + count, 0);
}

/** How a step that is over is told to lineage systems: only what is whole counts as complete. */
export function stepEnding(step: StepProgress): {
  readonly type: 'COMPLETE' | 'FAIL' | 'ABORT';
  readonly message: string | null;
} {
  const { tasks, plan } = step;
  const bad = tasks.failed + tasks.partial;
  const open = plan.tasks - endedTasks(step);
  const say = (count: number, verb: string): string =>
    `${countText(count)} of ${plural(plan.tasks, 'task')} ${verb}${step.trouble === null ? '' : `, the first ${step.trouble}`}`;
  if (bad > 0) return { type: 'FAIL', message: say(bad, 'failed') };
  if (tasks.interrupted > 0 || open > 0)
    return { type: 'ABORT', message: say(tasks.interrupted + Math.max(0, open), 'did not finish') };
  if (tasks.skipped > 0) return { type: 'ABORT', message: say(tasks.skipped, 'skipped') };
  return { type: 'COMPLETE', message: null };
}

/** What a run wrote to one table. */
export interface TableWritten {
  version: number;
  rows: number;
  files: number;
  bytes: number;
  /** Requests whose answers are in the log, of this run only. */
  settled: number;
}

export type TablesWritten = Map<Dataset, TableWritten>;
