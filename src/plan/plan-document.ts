import { formatSeriesName } from '../core/series.js';
import { formatInstant } from '../core/time/time.js';
import type { Window } from '../core/time/window.js';
import { getEstimatedRequests, listGaps, listRequests } from './plan.js';
import type { Plan, PlannedCustomStep, PlannedTask } from './plan.js';
import { listLacking } from './lacking.js';
import { describeReason } from './describe-reason.js';

/** The plan as JSON. Scripts read it: keys may be added. */
export function planDocument(plan: Plan): Readonly<Record<string, unknown>> {
  return {
    pipeline: plan.pipeline,
    now: formatInstant(plan.now),
    requests: plan.requests,
    windows: plan.windows,
    estimatedRequests: plan.estimatedRequests,
    estimatedSeconds: Math.round(plan.estimatedMs) / 1000,
    budgets: plan.budgets.map(({ span, ...budget }) => ({ ...budget, spanSeconds: span / 1000 })),
    options: plan.options,
    versions: plan.versions,
    notes: plan.notes,
    lacking: listLacking(plan.tasks),
    tasks: [...plan.tasks.map(taskDocument), ...plan.customSteps.map(customStepDocument)],
  };
}

function taskDocument(task: PlannedTask): Readonly<Record<string, unknown>> {
  const requests = listRequests(task);
  const gaps = listGaps(task);
  const estimatedRequests = getEstimatedRequests(task);
  return {
    id: task.id,
    step: task.step,
    symbol: task.symbol,
    dataset: task.dataset,
    status: task.status,
    requests: requests.length,
    ...(estimatedRequests > 0 ? { estimatedRequests } : {}),
    windows: gaps.map((gap) => formatWindow(gap.window)),
    reason: task.reason,
    reasons: gaps.map((gap) => describeReason(gap.reason)),
    absences: task.absences,
    requestDetails: requests.map((request) => ({
      series: formatSeriesName(request.series),
      provider: request.series.provider,
      window: request.window === null ? null : formatWindow(request.window),
      closes: request.closes.map(formatWindow),
    })),
  };
}

function customStepDocument({
  id,
  step,
  dataset,
  status,
  reason,
  files,
}: PlannedCustomStep): Readonly<Record<string, unknown>> {
  return {
    id,
    step,
    symbol: null,
    dataset,
    status,
    requests: 0,
    windows: [],
    reason,
    reasons: [reason],
    absences: [],
    requestDetails: [],
    ...(files === undefined ? {} : { files }),
  };
}

function formatWindow(window: Window): readonly [string, string] {
  return [formatInstant(window.start), formatInstant(window.end)];
}
