import type { PlannedOwnStep, PlannedStep } from '../core/events.js';
import type { Window } from '../core/window.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Plan, PlannedTask } from '../plan/plan.js';
import { isComputed } from '../core/tables.js';
import { tableOf } from '../plan/plan-own.js';
import { datasetOf } from '../plan/planned.js';

/** The plan step by step, for those who watch a run. */
export function plannedSteps(plan: Plan, pipeline: Pipeline): readonly PlannedStep[] {
  return pipeline.steps.flatMap((step) => {
    const tasks = plan.tasks.filter((task) => task.step === step.name);
    if (tasks.length === 0) return [];
    return [
      {
        step: step.name,
        dataset: datasetOf(step),
        provider: isComputed(datasetOf(step)) ? 'pipe' : step.provider,
        needs: step.needs,
        span: spanOf(tasks),
        tasks: tasks.length,
        requests: tasks.reduce((sum, task) => sum + task.requests.length, 0),
        estimatedRequests: tasks.reduce((sum, task) => sum + task.estimatedRequests, 0),
      },
    ];
  });
}

/** The steps of the user's own that the plan knows. */
export function plannedOwnSteps(plan: Plan, pipeline: Pipeline): readonly PlannedOwnStep[] {
  return pipeline.own
    .filter(({ name }) => plan.own.some(({ step }) => step === name))
    .map((step) => ({
      step: step.name,
      uses: step.uses,
      dataset: tableOf(step),
      needs: step.needs,
      ...(step.uses === 'sql' ? { query: step.query.text } : {}),
    }));
}

function spanOf(tasks: readonly PlannedTask[]): Window | null {
  let start = Infinity;
  let end = -Infinity;
  for (const task of tasks) {
    for (const { window } of task.requests) {
      if (window === null) continue;
      start = Math.min(start, window.start);
      end = Math.max(end, window.end);
    }
  }
  return start < end ? { start, end } : null;
}
