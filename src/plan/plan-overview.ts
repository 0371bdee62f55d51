import { seriesName } from '../core/series.js';
import type { ExpectedExpiry, OptionContract, SeriesOf } from '../core/series.js';
import type { LocalDate } from '../core/time.js';
import type { Task } from '../graph/task-graph.js';
import type { OverviewStep, SnapshotsStep } from '../pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import type { PlanContext } from './context.js';
import type { NeedState } from './need-state.js';
import type { GapReason, PlannedTask } from './plan.js';
import { fromGaps, outcome } from './planned.js';

/** Plans an overview: whenever there are snapshots that the last one has not seen. */
export function planOverview(
  task: Task,
  step: OverviewStep,
  needs: readonly NeedState[],
  context: PlanContext,
): PlannedTask {
  const coming = needs.filter((need) => need.state === 'coming').map((need) => need.step.name);
  if (coming.length > 0)
    return outcome(task, { status: 'deferred', estimatedRequests: 1, reason: `known after ${coming.join(' and ')}` });
  const { instrument } = task.symbol;
  const taken = step.of.filter(({ name }) => task.needs.includes(`${name}/${instrument.symbol}`));
  const series: SeriesOf<'overviews'> = {
    dataset: 'overviews',
    provider: step.provider,
    instrument,
    expected: taken.flatMap((snapshots) => expectedOf(task, snapshots, context)),
  };
  const reason = reasonFor(series, context);
  if (typeof reason === 'string') return outcome(task, { status: 'satisfied', reason });
  const gaps = [{ window: { start: context.now, end: context.now + 1 }, reason }];
  return fromGaps(task, { gaps, requests: [{ series, window: null, settles: [] }] }, 'fresh');
}

/** What the snapshots were to bring, as far as the chain tells. */
function expectedOf(task: Task, step: SnapshotsStep, context: PlanContext): readonly ExpectedExpiry[] {
  const choice = chooseOptions(task, step, context);
  return choice.kind === 'chosen' ? strikesByExpiry(choice.contracts) : [];
}

function strikesByExpiry(contracts: readonly OptionContract[]): readonly ExpectedExpiry[] {
  const strikes = new Map<LocalDate, Set<number>>();
  for (const { expiry, strike } of contracts) {
    const known = strikes.get(expiry);
    if (known === undefined) strikes.set(expiry, new Set([strike]));
    else known.add(strike);
  }
  return [...strikes].map(([expiry, { size }]) => ({ expiry, strikes: size }));
}

/** Why to compute it, or in words why not. */
function reasonFor(series: SeriesOf<'overviews'>, context: PlanContext): GapReason | string {
  const { knowledge, options } = context;
  const seen = knowledge.snapshots(series.provider, series.instrument.symbol);
  if (seen === undefined) return 'no snapshots to compute it from';
  if (options.force) return { kind: 'forced' };
  const latest = context.coverage(series.provider, seriesName(series)).at(-1);
  if (options.retryFailed && latest?.state !== 'failed') return 'not failed';
  if (latest === undefined) return { kind: 'never-asked' };
  const { state, start, at } = latest;
  if (state !== 'data' && state !== 'empty') return { kind: 'asked-before', state, at };
  return start >= seen.asOf ? 'no newer snapshots' : { kind: 'newer', what: 'snapshots' };
}
