import type { Series } from '../core/series.js';
import type { Duration } from '../core/time/time.js';
import { pointSeries } from '../plan/tasks/step-series.js';
import type { Task } from '../plan/task-graph.js';
import type { PreparedPlan, RunDeps } from './execution.js';

/**
 * Claims the contracts, chains and history starts of a plan, so that of several runs on one lake only one requests each. Other
 * tables are not shared: their answers depend on the moment or on the windows that a pipeline wants.
 */
export async function claimSharedSeries(
  { shared }: Pick<RunDeps, 'shared'>,
  { plan, graph }: PreparedPlan,
): Promise<void> {
  if (shared === undefined) return;
  const series: Series[] = [];
  for (const { id, status } of plan.tasks) {
    const task = status === 'ready' || status === 'deferred' ? graph.task(id) : undefined;
    const found = task === undefined ? null : getSharedSeries(task);
    if (found !== null) series.push(found);
  }
  if (series.length > 0) await shared.claim(series);
}

function getSharedSeries({ step, symbol }: Task): Series | null {
  return step.uses === 'contracts' || step.uses === 'chains' || step.uses === 'history'
    ? pointSeries(step, symbol.instrument)
    : null;
}

/** The age up to which an answer of another run counts: a step requests older ones again. */
export function getMaxSharedAge({ step }: Task): Duration | null {
  return step.uses === 'contracts' || step.uses === 'chains' || step.uses === 'history' ? step.refresh : null;
}
