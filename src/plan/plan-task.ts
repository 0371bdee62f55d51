import type { Request } from '../core/request.js';
import { unreachable } from '../core/result.js';
import { seriesName } from '../core/series.js';
import type { Series } from '../core/series.js';
import type { Dataset } from '../core/tables.js';
import type { Task } from '../graph/task-graph.js';
import type { ChainsStep, ContractsStep, EquityStep, OptionsStep, Step } from '../pipeline/pipeline.js';
import type { PlanContext } from './context.js';
import type { Gap, GapReason, PlannedTask } from './plan.js';
import type { BarsNeed, BarsPlanner } from './plan-bars.js';
import { summarizeReasons } from './reason.js';
import { selectContracts } from './select.js';
import { equitySeries, optionSeries, pointSeries } from './series-of-step.js';

/** How the task's needs stand: a task is planned differently when what it builds on is still to be fetched. */
export interface NeedState {
  readonly step: Step;
  /** `held`: answered before this plan · `coming`: fetched by this plan · `absent`: neither. */
  readonly state: 'held' | 'coming' | 'absent';
}

/** Plans one task. Called for every task of a plan, and again for a deferred one as soon as its inputs have come. */
export function planTask(task: Task, needs: readonly NeedState[], context: PlanContext, bars: BarsPlanner): PlannedTask {
  const absent = needs.find((need) => need.state === 'absent');
  if (absent !== undefined) {
    return outcome(task, {
      status: 'blocked',
      reason: `needs ${absent.step.name} of ${task.symbol.instrument.symbol}, which the lake does not hold and this plan does not fetch`,
    });
  }
  const { step } = task;
  switch (step.uses) {
    case 'contracts':
    case 'chains':
      return planPoint(task, step, context);
    case 'equity':
      return planEquity(task, step, context, bars);
    case 'options':
      return planOptions(task, step, needs, context, bars);
  }
  return unreachable(step);
}

export function datasetOf(step: Step): Dataset {
  switch (step.uses) {
    case 'contracts':
      return 'contracts';
    case 'chains':
      return 'chains';
    case 'equity':
      return 'equity_bars';
    case 'options':
      return 'option_bars';
  }
}

function outcome(task: Task, more: Partial<PlannedTask> & Pick<PlannedTask, 'status' | 'reason'>): PlannedTask {
  return {
    id: task.id,
    step: task.step.name,
    symbol: task.symbol.instrument.symbol,
    dataset: datasetOf(task.step),
    requests: [],
    gaps: [],
    estimatedRequests: 0,
    ...more,
  };
}

function fromGaps(task: Task, gaps: readonly Gap[], requests: readonly Request[], held: string): PlannedTask {
  if (requests.length === 0) return outcome(task, { status: 'satisfied', reason: held });
  return outcome(task, { status: 'ready', gaps, requests, reason: summarizeReasons(gaps) });
}

function planPoint(task: Task, step: ContractsStep | ChainsStep, context: PlanContext): PlannedTask {
  const series = pointSeries(step, task.symbol.instrument);
  const reason = pointReason(series, step, context);
  if (reason === null) return fromGaps(task, [], [], 'fresh');
  const gap: Gap = { window: { start: context.now, end: context.now + 1 }, reason };
  return fromGaps(task, [gap], [{ series, window: null, settles: [] }], 'fresh');
}

function pointReason(series: Series, step: ContractsStep | ChainsStep, context: PlanContext): GapReason | null {
  const { options, now } = context;
  if (options.force) return { kind: 'forced' };
  const coverage = context.coverage(series.provider, seriesName(series));
  const latest = coverage.at(-1);
  const failedNow = latest !== undefined && latest.state === 'failed';
  if (options.retryFailed && !failedNow) return null;
  if (latest === undefined) return { kind: 'never-asked' };
  switch (latest.state) {
    case 'data':
    case 'empty':
    case 'provisional':
      return now - latest.start < step.refresh
        ? null
        : { kind: 'too-old', what: step.uses === 'chains' ? 'chain' : 'contract', at: latest.start, refresh: step.refresh };
    case 'denied':
      return options.retryDenied ? { kind: 'asked-before', state: 'denied', at: latest.at } : null;
    case 'lost':
      return null;
    case 'failed':
    case 'missing': {
      // The snapshot before the failed attempt may still be young enough.
      const before = coverage.at(-2);
      const fresh = before !== undefined && before.state === 'data' && now - before.start < step.refresh;
      return fresh ? null : { kind: 'asked-before', state: latest.state, at: latest.at };
    }
  }
}

function planEquity(task: Task, step: EquityStep, context: PlanContext, bars: BarsPlanner): PlannedTask {
  const { instrument } = task.symbol;
  const gaps: Gap[] = [];
  const requests: Request[] = [];
  for (const barSize of step.barSizes) {
    const series = equitySeries(step, instrument, barSize);
    const coverage = context.coverage(step.provider, seriesName(series));
    collect(series, bars.need(step, instrument.calendar, barSize, coverage), gaps, requests);
  }
  return fromGaps(task, gaps, requests, wantedNothing(task, step, bars) ?? 'complete');
}

function collect(series: Series, need: BarsNeed, gaps: Gap[], requests: Request[]): void {
  for (const gap of need.gaps) gaps.push(gap);
  for (const cut of need.cuts) requests.push({ series, window: cut.window, settles: cut.settles });
}

function planOptions(
  task: Task,
  step: OptionsStep,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
  const { instrument } = task.symbol;
  const chain = context.knowledge.chain(step.provider, instrument.symbol);
  const close = context.knowledge.close(step.provider, instrument.symbol);
  const coming = needs.filter((need) => need.state === 'coming').map((need) => need.step.name);
  if (coming.length > 0) {
    return outcome(task, {
      status: 'deferred',
      estimatedRequests: estimateOptions(task, step, context, bars),
      reason: `known after ${coming.join(' and ')}`,
    });
  }
  if (chain === undefined || close === undefined) {
    const what = chain === undefined ? 'a chain' : 'a price';
    return outcome(task, { status: 'blocked', reason: `the lake holds no ${what.slice(2)} of ${instrument.symbol} to choose strikes by` });
  }
  const today = context.calendar(instrument.calendar).dateAt(context.now);
  const gaps: Gap[] = [];
  const requests: Request[] = [];
  for (const contract of selectContracts(chain.contracts, close.close, today, step)) {
    for (const barSize of step.barSizes) {
      const series = optionSeries(step, instrument, contract, barSize);
      const coverage = context.coverage(step.provider, seriesName(series));
      collect(series, bars.need(step, instrument.calendar, barSize, coverage, contract.expiry), gaps, requests);
    }
  }
  return fromGaps(task, gaps, requests, wantedNothing(task, step, bars) ?? 'complete');
}

/** One request per bar size and contract that will probably be chosen, times the cuts that an empty history would need. */
function estimateOptions(task: Task, step: OptionsStep, context: PlanContext, bars: BarsPlanner): number {
  const { instrument } = task.symbol;
  const chain = context.knowledge.chain(step.provider, instrument.symbol);
  const close = context.knowledge.close(step.provider, instrument.symbol);
  const none: readonly never[] = [];
  const cuts = step.barSizes.reduce((sum, barSize) => sum + bars.need(step, instrument.calendar, barSize, none).cuts.length, 0);
  if (chain === undefined || close === undefined) return step.expiries * (2 * step.strikes + 1) * step.rights.length * cuts;
  const today = context.calendar(instrument.calendar).dateAt(context.now);
  return selectContracts(chain.contracts, close.close, today, step).length * cuts;
}

function wantedNothing(task: Task, step: EquityStep | OptionsStep, bars: BarsPlanner): string | null {
  return bars.wanted(step, task.symbol.instrument.calendar).length === 0 ? 'no finished session in the wanted span' : null;
}
