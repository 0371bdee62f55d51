import { formatSeriesName } from '../../core/series.js';
import type { ExpectedExpiry, OptionContract, SeriesOf } from '../../core/series.js';
import { groupBy } from '../../platform/group-by.js';
import type { Task } from '../task-graph.js';
import type { OverviewStep, SnapshotsStep } from '../../config/pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import type { PlanContext } from '../plan-context.js';
import type { NeedState } from './need-state.js';
import type { PlannedTask } from '../plan.js';
import { doNotRequest, request } from './decide-point.js';
import type { PointDecision } from './decide-point.js';
import { deferredTask, readyOrUpToDateTask, upToDateTask } from './planned-task.js';

/** Plans an overview: it is computed when there are newer snapshots than the last overview. */
export function planOverview(
  task: Task,
  step: OverviewStep,
  needs: readonly NeedState[],
  context: PlanContext,
): PlannedTask {
  const pending = needs.filter(({ state }) => state === 'pending');
  if (pending.length > 0) return deferredTask(task, 1, pending);
  const { instrument } = task.symbol;
  const inputSteps = step.snapshotSteps.filter(({ name }) => task.needs.includes(`${name}/${instrument.symbol}`));
  const series: SeriesOf<'overviews'> = {
    dataset: 'overviews',
    provider: step.provider,
    instrument,
    expected: inputSteps.flatMap((snapshots) => findExpectedExpiries(task, snapshots, context)),
  };
  const { isRequested, reason } = decideOverview(series, context);
  if (!isRequested) return upToDateTask(task, reason);
  const gaps = [{ window: { start: context.now, end: context.now + 1 }, reason }];
  return readyOrUpToDateTask(task, { gaps, requests: [{ series, window: null, closes: [] }] }, 'up to date');
}

/** Returns the expiries and strikes that the snapshots should have, according to the chain. */
function findExpectedExpiries(task: Task, step: SnapshotsStep, context: PlanContext): readonly ExpectedExpiry[] {
  const choice = chooseOptions(task, step, context);
  return choice.kind === 'chosen' ? countStrikesByExpiry(choice.contracts) : [];
}

function countStrikesByExpiry(contracts: readonly OptionContract[]): readonly ExpectedExpiry[] {
  return [...groupBy(contracts, ({ expiry }) => expiry)].map(([expiry, options]) => ({
    expiry,
    strikes: new Set(options.map(({ strike }) => strike)).size,
  }));
}

function decideOverview(series: SeriesOf<'overviews'>, context: PlanContext): PointDecision {
  const { knownState, options } = context;
  const latestSnapshots = knownState.snapshots(series.provider, series.instrument.symbol);
  if (latestSnapshots === undefined) return doNotRequest('no snapshots to compute it from');
  if (options.force) return request({ kind: 'forced' });
  const latest = context.coverage(series.provider, formatSeriesName(series)).at(-1);
  if (options.retryFailed && latest?.state !== 'failed') return doNotRequest('not failed');
  if (latest === undefined) return request({ kind: 'never-requested' });
  const { state, start, lastRequestedAt } = latest;
  if (state !== 'data' && state !== 'empty') return request({ kind: 'requested-before', state, lastRequestedAt });
  return start >= latestSnapshots.asOf
    ? doNotRequest('no newer snapshots')
    : request({ kind: 'inputs-changed', subject: 'snapshots' });
}
