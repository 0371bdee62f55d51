import type { Request } from '../../core/request.js';
import type { Instrument, OptionContract, SeriesOf } from '../../core/series.js';
import type { LocalDate } from '../../core/time/time.js';
import type { Task } from '../task-graph.js';
import type { SnapshotsStep } from '../../config/pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import type { PlanContext } from '../plan-context.js';
import type { NeedState } from './need-state.js';
import type { Gap, PlannedTask } from '../plan.js';
import { blockedTask, readyOrUpToDateTask, noOptionsTask, plannedTask } from './planned-task.js';
import { findPointGap } from './find-point-gap.js';

/** Plans a snapshot of the options around the money: a request for each expiry, or several where it has too many options. */
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
  const pending = needs.filter((need) => need.state === 'coming').map((need) => need.step.name);
  if (pending.length > 0) {
    const partsPerExpiry = Math.ceil(((2 * step.strikes + 1) * step.rights.length) / maxSnapshotContracts);
    const estimatedRequests = series?.length ?? step.expiries * partsPerExpiry;
    return plannedTask(task, { status: 'deferred', estimatedRequests, reason: `known after ${pending.join(' and ')}` });
  }
  if (choice.kind === 'nothing-listed') return noOptionsTask(task);
  if (series === null) return blockedTask(task, choice);
  const gaps: Gap[] = [];
  const requests: Request[] = [];
  for (const one of series) {
    const reason = findPointGap(one, step, context);
    if (typeof reason === 'string') continue;
    gaps.push({ window: { start: context.now, end: context.now + 1 }, reason });
    requests.push({ series: one, window: null, closes: [] });
  }
  return readyOrUpToDateTask(
    task,
    { gaps, requests },
    series.length === 0 ? 'none of the chosen options exists' : 'fresh',
  );
}

/** Options by expiry, the soonest first, in portions that one request may ask for. */
function snapshotSeries(
  { provider }: SnapshotsStep,
  instrument: Instrument,
  contracts: readonly OptionContract[],
  maxContracts: number,
): readonly SeriesOf<'option_snapshots'>[] {
  const byExpiry = new Map<LocalDate, OptionContract[]>();
  for (const contract of contracts) {
    const options = byExpiry.get(contract.expiry);
    if (options === undefined) byExpiry.set(contract.expiry, [contract]);
    else options.push(contract);
  }
  return [...byExpiry].flatMap(([expiry, options]) =>
    Array.from({ length: Math.ceil(options.length / maxContracts) }, (_, index): SeriesOf<'option_snapshots'> => {
      const chunk = options.slice(index * maxContracts, (index + 1) * maxContracts);
      return { dataset: 'option_snapshots', provider, instrument, expiry, part: index + 1, contracts: chunk };
    }),
  );
}
