import type { Absence } from '../../core/absence.js';
import { chainDuration } from '../../core/option-selection.js';
import { formatSeriesName } from '../../core/series.js';
import type { ExpectedExpiry, OptionContract, SeriesOf } from '../../core/series.js';
import { groupBy } from '../../platform/group-by.js';
import type { Task } from '../task-graph.js';
import type { OverviewStep, SnapshotsStep } from '../../config/pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import type { KnownSnapshots } from '../known-state.js';
import type { PlanContext } from '../plan-context.js';
import type { NeedState } from './need-state.js';
import type { PlannedTask } from '../plan.js';
import { doNotRequest, request } from './decide-point.js';
import type { PointDecision } from './decide-point.js';
import { deferredTask, readyOrUpToDateTask, upToDateTask } from './planned-task.js';

/**
 * Plans an overview: it is computed when snapshots were requested after the last overview. If no option came, the
 * overview says so: a row without coverage, and a task that is not complete.
 */
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
  const snapshots = context.knownState.snapshots(step.provider, instrument.symbol);
  if (snapshots === undefined) return upToDateTask(task, 'no snapshots to compute it from');
  const { asOf, attemptedAt } = snapshots;
  // Answers older than the refresh of the step are not those of the last round: that brought no option at all.
  const isLacking = attemptedAt - asOf > Math.min(chainDuration, ...inputSteps.map(({ refresh }) => refresh));
  const series: SeriesOf<'overviews'> = {
    dataset: 'overviews',
    provider: step.provider,
    instrument,
    expected: inputSteps.flatMap((inputStep) => findExpectedExpiries(task, inputStep, context)),
    optionsSince: isLacking ? attemptedAt : attemptedAt - chainDuration,
  };
  const absences: readonly Absence[] = isLacking
    ? [{ kind: 'unconfirmed', windows: 1, isAccepted: false, reason: 'no option came' }]
    : [];
  const { isRequested, reason } = decideOverview(series, snapshots, context);
  if (!isRequested) return upToDateTask(task, reason, absences);
  const gaps = [{ window: { start: context.now, end: context.now + 1 }, reason }];
  return readyOrUpToDateTask(task, { gaps, requests: [{ series, window: null, closes: [] }], absences }, 'up to date');
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

function decideOverview(
  series: SeriesOf<'overviews'>,
  { attemptedAt }: KnownSnapshots,
  context: PlanContext,
): PointDecision {
  const { options } = context;
  if (options.force) return request({ kind: 'forced' });
  const latest = context.coverage(series.provider, formatSeriesName(series)).at(-1);
  if (options.missing && latest?.state !== 'missing') return doNotRequest('not missing');
  if (options.retryFailed && latest?.state !== 'failed') return doNotRequest('not failed');
  if (latest === undefined) return request({ kind: 'never-requested' });
  const { state, start, lastRequestedAt } = latest;
  if (state !== 'data' && state !== 'empty') return request({ kind: 'requested-before', state, lastRequestedAt });
  return start >= attemptedAt
    ? doNotRequest('no newer snapshots')
    : request({ kind: 'inputs-changed', subject: 'snapshots' });
}
