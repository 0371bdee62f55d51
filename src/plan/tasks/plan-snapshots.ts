import type { Request } from '../../core/request.js';
import type { Instrument, OptionContract, SeriesOf } from '../../core/series.js';
import { groupBy } from '../../platform/group-by.js';
import type { Task } from '../task-graph.js';
import type { SnapshotsStep } from '../../config/pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import { estimateSelection } from './estimate-options.js';
import type { PlanContext } from '../plan-context.js';
import type { NeedState } from './need-state.js';
import type { Gap, PlannedTask } from '../plan.js';
import { deferredTask, noChoiceTask, noOptionsTask, readyOrUpToDateTask } from './planned-task.js';
import { listPointAbsences } from './list-absences.js';
import { decidePoint } from './decide-point.js';
import type { PointNotRequested } from './decide-point.js';

/** Plans snapshots of the options around the money: one request per expiry, or more when an expiry has too many options. */
export function planSnapshots(
  task: Task,
  step: SnapshotsStep,
  needs: readonly NeedState[],
  context: PlanContext,
): PlannedTask {
  const { maxSnapshotContracts } = context.limits(step.provider);
  const choice = chooseOptions(task, step, context);
  const series =
    choice.kind === 'chosen'
      ? snapshotSeries(step, task.symbol.instrument, choice.contracts, maxSnapshotContracts)
      : null;
  const pending = needs.filter(({ state }) => state === 'pending');
  if (pending.length > 0) {
    const { expiries, options } = estimateSelection(step);
    const estimate = expiries * Math.ceil(options / maxSnapshotContracts);
    return deferredTask(task, series?.length ?? estimate, pending);
  }
  if (choice.kind === 'no-options') return noOptionsTask(task);
  if (series === null) return noChoiceTask(task, choice);
  const gaps: Gap[] = [];
  const requests: Request[] = [];
  const skipped: PointNotRequested[] = [];
  for (const one of series) {
    const decision = decidePoint(one, step, context);
    if (!decision.isRequested) {
      skipped.push(decision);
      continue;
    }
    gaps.push({ window: { start: context.now, end: context.now + 1 }, reason: decision.reason });
    requests.push({ series: one, window: null, closes: [] });
  }
  return readyOrUpToDateTask(
    task,
    { gaps, requests, absences: listPointAbsences(task, ...skipped) },
    series.length === 0 ? 'none of the selected options exists' : 'up to date',
  );
}

/**
 * Splits the options by expiry, soonest first, into parts that fit into one request. The options of a part are of one
 * trading class: classes of one expiry end at different times.
 */
function snapshotSeries(
  { provider }: SnapshotsStep,
  instrument: Instrument,
  contracts: readonly OptionContract[],
  maxContracts: number,
): readonly SeriesOf<'option_snapshots'>[] {
  const byExpiry = groupBy(contracts, ({ expiry }) => expiry);
  return [...byExpiry].flatMap(([expiry, options]) =>
    [...groupBy(options, ({ tradingClass = '' }) => tradingClass).values()]
      .flatMap((sameClass) =>
        Array.from({ length: Math.ceil(sameClass.length / maxContracts) }, (_, index) =>
          sameClass.slice(index * maxContracts, (index + 1) * maxContracts),
        ),
      )
      .map((chunk, index): SeriesOf<'option_snapshots'> => ({
        ...{ dataset: 'option_snapshots', provider, instrument, expiry, part: index + 1, contracts: chunk },
      })),
  );
}
