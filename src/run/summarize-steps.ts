import type { PlannedCustomStepSummary, PlannedStepSummary } from '../core/events.js';
import type { Window } from '../core/time/window.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import { getEstimatedRequests, listRequests } from '../plan/plan.js';
import type { Plan, PlannedTask } from '../plan/plan.js';
import { isComputed } from '../core/tables/tables.js';
import { getOutputTable } from '../plan/tasks/plan-custom-steps.js';
import { getStepDataset } from '../plan/tasks/planned-task.js';

/** Summarizes the plan by step, for the consumers of events. */
export function summarizeSteps(plan: Plan, pipeline: Pipeline): readonly PlannedStepSummary[] {
  return pipeline.steps.flatMap((step) => {
    const tasks = plan.tasks.filter((task) => task.step === step.name);
    if (tasks.length === 0) return [];
    return [
      {
        step: step.name,
        dataset: getStepDataset(step),
        provider: isComputed(getStepDataset(step)) ? 'pipe' : step.provider,
        needs: step.needs,
        span: findRequestSpan(tasks),
        tasks: tasks.length,
        requests: tasks.reduce((sum, task) => sum + listRequests(task).length, 0),
        estimatedRequests: tasks.reduce((sum, task) => sum + getEstimatedRequests(task), 0),
      },
    ];
  });
}

export function summarizeCustomSteps(plan: Plan, pipeline: Pipeline): readonly PlannedCustomStepSummary[] {
  return pipeline.customSteps
    .filter(({ name }) => plan.customSteps.some(({ step }) => step === name))
    .map((step) => ({
      step: step.name,
      uses: step.uses,
      dataset: getOutputTable(step),
      needs: step.needs,
      ...(step.uses === 'sql' ? { query: step.query.text } : {}),
    }));
}

function findRequestSpan(tasks: readonly PlannedTask[]): Window | null {
  let start = Infinity;
  let end = -Infinity;
  for (const task of tasks) {
    for (const { window } of listRequests(task)) {
      if (window === null) continue;
      start = Math.min(start, window.start);
      end = Math.max(end, window.end);
    }
  }
  return start < end ? { start, end } : null;
}
