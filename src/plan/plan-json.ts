import { seriesName } from '../core/series.js';
import { isoInstant } from '../core/time.js';
import type { Window } from '../core/window.js';
import type { Plan, PlannedOwn, PlannedTask } from './plan.js';
import { describeReason } from './reason.js';

/** The plan as scripts read it. Keys are added freely and never renamed. */
export function planDocument(plan: Plan): Readonly<Record<string, unknown>> {
  return {
    pipeline: plan.pipeline,
    now: isoInstant(plan.now),
    requests: plan.requests,
    windows: plan.windows,
    estimatedRequests: plan.estimatedRequests,
    estimatedSeconds: Math.round(plan.estimated) / 1000,
    budgets: plan.budgets.map(({ span: duration, ...budget }) => ({ ...budget, spanSeconds: duration / 1000 })),
    options: plan.options,
    versions: plan.versions,
    notes: plan.notes,
    tasks: [...plan.tasks.map(taskDocument), ...plan.own.map(ownDocument)],
  };
}

function taskDocument(task: PlannedTask): Readonly<Record<string, unknown>> {
  return {
    id: task.id,
    step: task.step,
    symbol: task.symbol,
    dataset: task.dataset,
    status: task.status,
    requests: task.requests.length,
    ...(task.estimatedRequests > 0 ? { estimatedRequests: task.estimatedRequests } : {}),
    windows: task.gaps.map((gap) => span(gap.window)),
    reason: task.reason,
    reasons: task.gaps.map((gap) => describeReason(gap.reason)),
    asks: task.requests.map((request) => ({
      series: seriesName(request.series),
      provider: request.series.provider,
      window: request.window === null ? null : span(request.window),
      settles: request.settles.map(span),
    })),
  };
}

function ownDocument({ id, step, dataset, status, reason }: PlannedOwn): Readonly<Record<string, unknown>> {
  return { id, step, symbol: null, dataset, status, requests: 0, windows: [], reason, reasons: [reason], asks: [] };
}

function span(window: Window): readonly [string, string] {
  return [isoInstant(window.start), isoInstant(window.end)];
}
