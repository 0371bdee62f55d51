import type { RunEvent, TaskStatus } from '../core/events.js';
import type { Duration, Instant } from '../core/time/time.js';

export interface StepProgressState {
  readonly step: string;
  tasks: number;
  /** Tasks that have ended, with any status. */
  ended: number;
  readonly counts: Record<TaskStatus, number>;
  rows: number;
}

/** The progress of a run. Its size grows with the number of steps, not of tasks. */
export interface ProgressState {
  readonly steps: Map<string, StepProgressState>;
  startedAt: Instant | null;
  estimated: Duration;
  /** The known number of requests, sent or not. */
  expected: number;
  /** Requests that the plan could only estimate, by step; tasks replace their share when they start. */
  readonly estimatedByStep: Map<string, number>;
  completed: number;
}

export function createProgressState(): ProgressState {
  return { steps: new Map(), startedAt: null, estimated: 0, expected: 0, estimatedByStep: new Map(), completed: 0 };
}

function zeroCounts(): Record<TaskStatus, number> {
  return { ok: 0, 'up-to-date': 0, partial: 0, failed: 0, skipped: 0, cancelled: 0 };
}

export function applyEvent(state: ProgressState, event: RunEvent): void {
  switch (event.type) {
    case 'planned':
      state.startedAt = event.at;
      state.estimated = event.estimatedMs;
      state.expected = event.requests;
      for (const { step, tasks, estimatedRequests } of event.steps) {
        state.steps.set(step, { step, tasks, ended: 0, counts: zeroCounts(), rows: 0 });
        if (estimatedRequests > 0) state.estimatedByStep.set(step, estimatedRequests);
      }
      for (const { step } of event.customSteps ?? [])
        state.steps.set(step, { step, tasks: 1, ended: 0, counts: zeroCounts(), rows: 0 });
      return;
    case 'task-started': {
      const estimate = state.estimatedByStep.get(event.step);
      if (estimate === undefined) return;
      // Each task replaces its share of the step's estimate by its real number of requests.
      const tasks = state.steps.get(event.step)?.tasks ?? 1;
      const ended = state.steps.get(event.step)?.ended ?? 0;
      state.estimatedByStep.set(event.step, Math.max(0, estimate - estimate / Math.max(1, tasks - ended)));
      state.expected += event.requests;
      return;
    }
    case 'request-completed': {
      state.completed++;
      return;
    }
    case 'task-finished': {
      const step = state.steps.get(event.step);
      if (step === undefined) return;
      step.ended++;
      step.counts[event.status]++;
      step.rows += event.rows;
      return;
    }
    default:
      return;
  }
}

/** Estimates the remaining time from the pace so far, and from the plan before there is one. */
export function estimateRemaining(state: ProgressState, now: Instant): Duration | null {
  if (state.startedAt === null) return null;
  const estimatedByStep = [...state.estimatedByStep.values()].reduce((sum, requests) => sum + requests, 0);
  const total = state.expected + estimatedByStep;
  const left = total - state.completed;
  if (total === 0 || left <= 0) return 0;
  const elapsed = now - state.startedAt;
  const byPace = state.completed >= 10 ? (elapsed / state.completed) * left : 0;
  return Math.max(byPace, state.estimated * (left / total));
}
