import type { Request } from '../core/request.js';
import type { Instrument, OptionContract, SeriesOf } from '../core/series.js';
import type { LocalDate } from '../core/time.js';
import type { Task } from '../graph/task-graph.js';
import type { SnapshotsStep } from '../pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import type { PlanContext } from './context.js';
import type { NeedState } from './need-state.js';
import type { Gap, PlannedTask } from './plan.js';
import { blockedBy, fromGaps, nothingListed, outcome } from './planned.js';
import { pointNeed } from './point-need.js';

/** Plans a snapshot of the options around the money: a request for each expiry, or several where it has too many options. */
export function planSnapshots(
  task: Task,
  step: SnapshotsStep,
  needs: readonly NeedState[],
  context: PlanContext,
): PlannedTask {
  const { snapshotContracts } = context.limits(step.provider);
  const choice = chooseOptions(task, step, context);
  const series =
    choice.kind === 'chosen' ? snapshotSeries(step, task.symbol.instrument, choice.contracts, snapshotContracts) : null;
  const coming = needs.filter((need) => need.state === 'coming').map((need) => need.step.name);
  if (coming.length > 0) {
    const partsOfOne = Math.ceil(((2 * step.strikes + 1) * step.rights.length) / snapshotContracts);
    const estimatedRequests = series?.length ?? step.expiries * partsOfOne;
    return outcome(task, { status: 'deferred', estimatedRequests, reason: `known after ${coming.join(' and ')}` });
  }
  if (choice.kind === 'nothing-listed') return nothingListed(task);
  if (series === null) return blockedBy(task, choice);
  const gaps: Gap[] = [];
  const requests: Request[] = [];
  for (const one of series) {
    const reason = pointNeed(one, step, context);
    if (typeof reason === 'string') continue;
    gaps.push({ window: { start: context.now, end: context.now + 1 }, reason });
    requests.push({ series: one, window: null, settles: [] });
  }
  return fromGaps(task, { gaps, requests }, series.length === 0 ? 'none of the chosen options exists' : 'fresh');
}

/** Options by expiry, the soonest first, in portions that one request may ask for. */
function snapshotSeries(
  { provider }: SnapshotsStep,
  instrument: Instrument,
  contracts: readonly OptionContract[],
  most: number,
): readonly SeriesOf<'option_snapshots'>[] {
  const byExpiry = new Map<LocalDate, OptionContract[]>();
  for (const contract of contracts) {
    const options = byExpiry.get(contract.expiry);
    if (options === undefined) byExpiry.set(contract.expiry, [contract]);
    else options.push(contract);
  }
  return [...byExpiry].flatMap(([expiry, options]) =>
    Array.from({ length: Math.ceil(options.length / most) }, (_, index): SeriesOf<'option_snapshots'> => {
      const portion = options.slice(index * most, (index + 1) * most);
      return { dataset: 'option_snapshots', provider, instrument, expiry, part: index + 1, contracts: portion };
    }),
  );
}
