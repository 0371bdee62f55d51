import type { CoveredWindow, SeriesCoverage } from '../core/coverage.js';
import type { Request } from '../core/request.js';
import { unreachable } from '../core/result.js';
import { seriesName } from '../core/series.js';
import type { Series } from '../core/series.js';
import type { Dataset } from '../core/tables.js';
import type { Task } from '../graph/task-graph.js';
import type { KnownChain, KnownClose } from '../lake/contract.js';
import type { ChainsStep, ContractsStep, EquityStep, OptionsStep, Step } from '../pipeline/pipeline.js';
import type { PlanContext } from './context.js';
import type { Gap, GapReason, PlannedTask } from './plan.js';
import type { BarsNeed, BarsPlanner } from './plan-bars.js';
import { describeReason, summarizeReasons } from './reason.js';
import { selectContracts } from './select.js';
import { equitySeries, optionSeries, pointSeries } from './series-of-step.js';

/** How the task's needs stand: a task is planned differently when what it builds on is still to be fetched. */
export interface NeedState {
  readonly step: Step;
  /** `held`: answered before this plan · `coming`: fetched by this plan · `absent`: neither. */
  readonly state: 'held' | 'coming' | 'absent';
}

/** Plans one task. Called for every task of a plan, and again for a deferred one as soon as its inputs have come. */
export function planTask(
  task: Task,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
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
  const need = pointNeed(series, step, context);
  if (typeof need === 'string') return outcome(task, { status: 'satisfied', reason: need });
  const gap: Gap = { window: { start: context.now, end: context.now + 1 }, reason: need };
  return fromGaps(task, [gap], [{ series, window: null, settles: [] }], 'fresh');
}

/** Why to ask, or in words why not. */
function pointNeed(series: Series, step: ContractsStep | ChainsStep, context: PlanContext): GapReason | string {
  const { options, now } = context;
  if (options.force) return { kind: 'forced' };
  const coverage = context.coverage(series.provider, seriesName(series));
  const latest = coverage.at(-1);
  if (latest === undefined) return options.retryFailed ? 'never asked' : { kind: 'never-asked' };
  const isFresh = ({ state, start }: CoveredWindow): boolean =>
    (state === 'data' || state === 'empty') && now - start < step.refresh;
  const { state, at } = latest;
  switch (state) {
    case 'data':
    case 'empty':
      if (isFresh(latest)) return 'fresh';
      if (options.retryFailed) return 'not failed';
      return { kind: 'too-old', what: step.uses === 'chains' ? 'chain' : 'contract', at, refresh: step.refresh };
    case 'failed':
    case 'missing':
    case 'provisional':
      // An answer before the failed attempt may still be young enough.
      if (coverage.some(isFresh)) return 'fresh';
      return options.retryFailed && state !== 'failed' ? 'not failed' : { kind: 'asked-before', state, at };
    case 'denied':
    case 'lost': {
      const before: GapReason = { kind: 'asked-before', state, at };
      return state === 'denied' && options.retryDenied ? before : describeReason(before);
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
  const { symbol } = task.symbol.instrument;
  const chain = listedOptions(task, step, context);
  const close = context.knowledge.close(step.provider, symbol);
  const known =
    chain === undefined || close === undefined ? null : optionNeeds(task, step, chain, close, context, bars);
  const coming = needs.filter((need) => need.state === 'coming').map((need) => need.step.name);
  if (coming.length > 0) {
    return outcome(task, {
      status: 'deferred',
      estimatedRequests: known?.requests.length ?? requestsOfUnknownChain(task, step, bars),
      reason: `known after ${coming.join(' and ')}`,
    });
  }
  if (known === null) {
    const what = chain === undefined ? 'chain' : 'price';
    return outcome(task, { status: 'blocked', reason: `the lake holds no ${what} of ${symbol} to choose strikes by` });
  }
  if (chain?.contracts.length === 0) return outcome(task, { status: 'satisfied', reason: 'no options are listed' });
  return fromGaps(task, known.gaps, known.requests, wantedNothing(task, step, bars) ?? 'complete');
}

/** The latest chain: one without a contract when the source has said that no options are listed. */
function listedOptions(task: Task, { provider }: OptionsStep, context: PlanContext): KnownChain | undefined {
  const { instrument } = task.symbol;
  const chain = context.knowledge.chain(provider, instrument.symbol);
  const latest = context.coverage(provider, seriesName({ dataset: 'chains', provider, instrument })).at(-1);
  if (latest?.state !== 'empty' || (chain !== undefined && chain.asOf > latest.start)) return chain;
  return { asOf: latest.start, requestId: '', contracts: [] };
}

/** What the chosen options of a chain lack. */
function optionNeeds(
  task: Task,
  step: OptionsStep,
  chain: KnownChain,
  { close }: KnownClose,
  context: PlanContext,
  bars: BarsPlanner,
): { readonly gaps: readonly Gap[]; readonly requests: readonly Request[] } {
  const { instrument } = task.symbol;
  const today = context.calendar(instrument.calendar).dateAt(context.now);
  const gaps: Gap[] = [];
  const requests: Request[] = [];
  for (const contract of selectContracts(chain.contracts, close, today, step)) {
    for (const barSize of step.barSizes) {
      const series = optionSeries(step, instrument, contract, barSize);
      const coverage = context.coverage(step.provider, seriesName(series));
      collect(series, bars.need(step, instrument.calendar, barSize, coverage), gaps, requests);
    }
  }
  return { gaps, requests };
}

const neverAsked: SeriesCoverage = [];

/** As many options as the step takes at most, each with an empty history. */
function requestsOfUnknownChain(task: Task, step: OptionsStep, bars: BarsPlanner): number {
  const { calendar } = task.symbol.instrument;
  const cuts = step.barSizes.reduce(
    (sum, barSize) => sum + bars.need(step, calendar, barSize, neverAsked).cuts.length,
    0,
  );
  return step.expiries * (2 * step.strikes + 1) * step.rights.length * cuts;
}

function wantedNothing(task: Task, step: EquityStep | OptionsStep, bars: BarsPlanner): string | null {
  return bars.wanted(step, task.symbol.instrument.calendar).length === 0
    ? 'no finished session in the wanted span'
    : null;
}
