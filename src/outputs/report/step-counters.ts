import type {
  PlannedCustomStepSummary,
  PlannedStepSummary,
  RunEvent,
  Stamped,
  TaskFinished,
} from '../../core/events.js';
import type { Instant } from '../../core/time/time.js';
import { emptyTaskCounts } from './counters.js';
import type { MutableTaskCounts } from './counters.js';
import type { StepReport } from './report.js';

/** Counts tasks, requests and rows by step. */
export interface StepCounters {
  add(event: RunEvent): void;
  /** The steps in the order of the plan; tasks in progress count as active until `now`. */
  value(now: Instant): readonly StepReport[];
}

/** The planned totals of a fetched, computed or custom step. */
type PlannedStepTotals = Pick<PlannedStepSummary, 'provider' | 'needs' | 'tasks' | 'requests' | 'estimatedRequests'> & {
  readonly dataset: string | null;
};

interface StepState {
  readonly step: string;
  planned: PlannedStepTotals | null;
  readonly tasks: MutableTaskCounts;
  requests: number;
  rows: number;
  /** Null until the first task has started. */
  span: { readonly start: Instant; readonly end: Instant } | null;
}

/** A task in progress; its counters are replaced by those of its `task-finished` event. */
interface OpenTask {
  readonly step: StepState;
  readonly start: Instant;
  requests: number;
  rows: number;
}

export function createStepCounters(): StepCounters {
  const steps = new Map<string, StepState>();
  const openTasks = new Map<string, OpenTask>();

  const getStep = (name: string): StepState => {
    let step = steps.get(name);
    if (step === undefined) {
      step = { step: name, planned: null, tasks: emptyTaskCounts(), requests: 0, rows: 0, span: null };
      steps.set(name, step);
    }
    return step;
  };

  const finishTask = (event: Stamped<TaskFinished>): void => {
    const step = getStep(event.step);
    const openTask = openTasks.get(event.task);
    openTasks.delete(event.task);
    step.tasks[event.status]++;
    step.requests += event.requests;
    step.rows += event.rows;
    if (event.status !== 'skipped') extendSpan(step, openTask?.start ?? event.at - event.durationMs, event.at);
  };

  const add = (event: RunEvent): void => {
    switch (event.type) {
      case 'planned':
        for (const step of event.steps) getStep(step.step).planned = step;
        for (const step of event.customSteps ?? []) getStep(step.step).planned = toPlannedTotals(step);
        return;
      case 'task-started': {
        const step = getStep(event.step);
        extendSpan(step, event.at, event.at);
        openTasks.set(event.task, { step, start: event.at, requests: 0, rows: 0 });
        return;
      }
      case 'task-finished':
        finishTask(event);
        return;
      case 'request-sent': {
        const task = openTasks.get(event.task);
        if (task !== undefined) task.requests++;
        return;
      }
      case 'request-completed': {
        const task = openTasks.get(event.task);
        if (task !== undefined) task.rows += event.rows;
        return;
      }
      default:
        return;
    }
  };

  return {
    add,
    value(now) {
      return [...steps.values()].map((step) => {
        const active = [...openTasks.values()].filter((task) => task.step === step);
        return toStepReport(step, active, now);
      });
    },
  };
}

function extendSpan(step: StepState, start: Instant, end: Instant): void {
  const { span } = step;
  step.span = span === null ? { start, end } : { start: Math.min(span.start, start), end: Math.max(span.end, end) };
}

function toStepReport(
  { step, planned, tasks, requests, rows, span }: StepState,
  active: readonly OpenTask[],
  now: Instant,
): StepReport {
  const finished = Object.values(tasks).reduce((sum, count) => sum + count, 0);
  const sum = (key: 'requests' | 'rows'): number => active.reduce((total, task) => total + task[key], 0);
  return {
    step,
    dataset: planned?.dataset ?? null,
    provider: planned?.provider ?? null,
    needs: planned?.needs ?? [],
    planned:
      planned === null
        ? null
        : { tasks: planned.tasks, requests: planned.requests, estimatedRequests: planned.estimatedRequests },
    tasks: { ...tasks, open: planned === null ? active.length : Math.max(0, planned.tasks - finished) },
    requests: requests + sum('requests'),
    rows: rows + sum('rows'),
    span: span === null || active.length === 0 ? span : { start: span.start, end: now },
  };
}

function toPlannedTotals({ dataset, needs }: PlannedCustomStepSummary): PlannedStepTotals {
  return { dataset, needs, provider: 'pipe', tasks: 1, requests: 0, estimatedRequests: 0 };
}
