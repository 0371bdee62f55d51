import { formatSeriesName } from '../../core/series.js';
import type { ExpectedExpiry, OptionContract, SeriesOf } from '../../core/series.js';
import type { LocalDate } from '../../core/time/time.js';
import type { Task } from '../task-graph.js';
import type { OverviewStep, SnapshotsStep } from '../../config/pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import type { PlanContext } from '../plan-context.js';
import type { NeedState } from './need-state.js';
import type { GapReason, PlannedTask } from '../plan.js';
import { readyOrUpToDateTask, plannedTask } from './planned-task.js';

/** Plans an overview: whenever there are snapshots that the last one has not seen. */
export function planOverview(
  task: Task,
  step: OverviewStep,
  needs: readonly NeedState[],
  context: PlanContext,
): PlannedTask {
  const pending = needs.filter((need) => need.state === 'coming').map((need) => need.step.name);
  if (pending.length > 0)
    return plannedTask(task, {
      status: 'deferred',
      estimatedRequests: 1,
      reason: `known after ${pending.join(' and ')}`,
    });
  const { instrument } = task.symbol;
  const inputSteps = step.snapshotSteps.filter(({ name }) => task.needs.includes(`${name}/${instrument.symbol}`));
  const series: SeriesOf<'overviews'> = {
    dataset: 'overviews',
    provider: step.provider,
    instrument,
    expected: inputSteps.flatMap((snapshots) => findExpectedExpiries(task, snapshots, context)),
  };
  const reason = findComputeReason(series, context);
  if (typeof reason === 'string') return plannedTask(task, { status: 'up-to-date', reason });
  const gaps = [{ window: { start: context.now, end: context.now + 1 }, reason }];
  return readyOrUpToDateTask(task, { gaps, requests: [{ series, window: null, closes: [] }] }, 'fresh');
}

/** What the snapshots were to bring, as far as the chain tells. */
function findExpectedExpiries(task: Task, step: SnapshotsStep, context: PlanContext): readonly ExpectedExpiry[] {
  const choice = chooseOptions(task, step, context);
  return choice.kind === 'chosen' ? countStrikesByExpiry(choice.contracts) : [];
}

function countStrikesByExpiry(contracts: readonly OptionContract[]): readonly ExpectedExpiry[] {
  const strikes = new Map<LocalDate, Set<number>>();
  for (const { expiry, strike } of contracts) {
    const known = strikes.get(expiry);
    if (known === undefined) strikes.set(expiry, new Set([strike]));
    else known.add(strike);
  }
  return [...strikes].map(([expiry, { size }]) => ({ expiry, strikes: size }));
}

/** Why to compute it, or in words why not. */
function findComputeReason(series: SeriesOf<'overviews'>, context: PlanContext): GapReason | string {
  const { knownState, options } = context;
  const latestSnapshots = knownState.snapshots(series.provider, series.instrument.symbol);
  if (latestSnapshots === undefined) return 'no snapshots to compute it from';
  if (options.force) return { kind: 'forced' };
  const latest = context.coverage(series.provider, formatSeriesName(series)).at(-1);
  if (options.retryFailed && latest?.state !== 'failed') return 'not failed';
  if (latest === undefined) return { kind: 'never-asked' };
  const { state, start, lastRequestedAt } = latest;
  if (state !== 'data' && state !== 'empty') return { kind: 'asked-before', state, lastRequestedAt };
  return start >= latestSnapshots.asOf ? 'no newer snapshots' : { kind: 'newer', subject: 'snapshots' };
}
