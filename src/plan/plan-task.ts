import type { SeriesCoverage } from '../core/coverage.js';
import type { Request } from '../core/request.js';
import { unreachable } from '../core/result.js';
import { seriesName } from '../core/series.js';
import type { OptionContract, Series } from '../core/series.js';
import type { Task } from '../graph/task-graph.js';
import type {
  ChainsStep,
  ContractsStep,
  EquityStep,
  HistoryStep,
  OptionsStep,
  QuotesStep,
} from '../pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import type { PlanContext } from './context.js';
import type { NeedState } from './need-state.js';
import type { Gap, PlannedTask } from './plan.js';
import type { BarsNeed, BarsPlanner } from './plan-bars.js';
import { planOverview } from './plan-overview.js';
import { planSnapshots } from './plan-snapshots.js';
import { blockedBy, fromGaps, nothingListed, outcome } from './planned.js';
import { pointNeed } from './point-need.js';
import { equitySeries, optionSeries, pointSeries } from './series-of-step.js';

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
    case 'history':
    case 'quotes':
      return planPoint(task, step, context);
    case 'equity':
      return planEquity(task, step, needs, context, bars);
    case 'options':
      return planOptions(task, step, needs, context, bars);
    case 'snapshots':
      return planSnapshots(task, step, needs, context);
    case 'overview':
      return planOverview(task, step, needs, context);
  }
  return unreachable(step);
}

function planPoint(
  task: Task,
  step: ContractsStep | ChainsStep | HistoryStep | QuotesStep,
  context: PlanContext,
): PlannedTask {
  const series = pointSeries(step, task.symbol.instrument);
  const need = pointNeed(series, step, context);
  if (typeof need === 'string')
    return outcome(task, { status: 'satisfied', reason: need, refused: isRefusedPoint(series, context) });
  const gap: Gap = { window: { start: context.now, end: context.now + 1 }, reason: need };
  return fromGaps(task, { gaps: [gap], requests: [{ series, window: null, settles: [] }] }, 'fresh');
}

function isRefusedPoint(series: Series, context: PlanContext): boolean {
  return context.coverage(series.provider, seriesName(series)).at(-1)?.state === 'denied';
}

function planEquity(
  task: Task,
  step: EquityStep,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
  const { instrument } = task.symbol;
  const lacking = nothingLacking();
  for (const barSize of step.barSizes) {
    const series = equitySeries(step, instrument, barSize);
    const coverage = context.coverage(step.provider, seriesName(series));
    const first = context.knowledge.historyStart(step.provider, instrument.symbol, step.what, step.hours);
    collect(series, bars.need(step, instrument.calendar, barSize, coverage, first), lacking);
  }
  const coming = needs.find((need) => need.state === 'coming' && need.step.uses === 'history');
  if (coming !== undefined && lacking.requests.length > 0) {
    const reason = `known after ${coming.step.name}`;
    return outcome(task, { status: 'deferred', estimatedRequests: lacking.requests.length, reason });
  }
  return fromGaps(task, lacking, wantedNothing(task, step, bars) ?? 'complete');
}

interface GrowingLack {
  readonly gaps: Gap[];
  readonly requests: Request[];
  refused: boolean;
}

function nothingLacking(): GrowingLack {
  return { gaps: [], requests: [], refused: false };
}

function collect(series: Series, need: BarsNeed, lacking: GrowingLack): void {
  lacking.refused ||= need.refused;
  for (const gap of need.gaps) lacking.gaps.push(gap);
  for (const cut of need.cuts) lacking.requests.push({ series, window: cut.window, settles: cut.settles });
}

function planOptions(
  task: Task,
  step: OptionsStep,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
  const choice = chooseOptions(task, step, context);
  const known = choice.kind === 'chosen' ? optionNeeds(task, step, choice.contracts, context, bars) : null;
  const coming = needs.filter((need) => need.state === 'coming').map((need) => need.step.name);
  if (coming.length > 0) {
    return outcome(task, {
      status: 'deferred',
      estimatedRequests: known?.requests.length ?? requestsOfUnknownChain(task, step, bars),
      reason: `known after ${coming.join(' and ')}`,
    });
  }
  if (choice.kind === 'nothing-listed') return nothingListed(task);
  if (known === null) return blockedBy(task, choice);
  return fromGaps(task, known, wantedNothing(task, step, bars) ?? 'complete');
}

/** What the chosen options of a chain lack. */
function optionNeeds(
  task: Task,
  step: OptionsStep,
  contracts: readonly OptionContract[],
  context: PlanContext,
  bars: BarsPlanner,
): GrowingLack {
  const { instrument } = task.symbol;
  const lacking = nothingLacking();
  for (const contract of contracts) {
    for (const barSize of step.barSizes) {
      const series = optionSeries(step, instrument, contract, barSize);
      const coverage = context.coverage(step.provider, seriesName(series));
      collect(series, bars.need(step, instrument.calendar, barSize, coverage), lacking);
    }
  }
  return lacking;
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
