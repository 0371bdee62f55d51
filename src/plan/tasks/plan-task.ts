import type { SeriesCoverage } from '../../core/coverage.js';
import type { Request } from '../../core/request.js';
import { describeAbsences } from '../../core/describe-absences.js';
import { assertNever } from '../../core/result.js';
import { formatSeriesName } from '../../core/series.js';
import type { Instrument, OptionContract, Series } from '../../core/series.js';
import type { Task } from '../task-graph.js';
import type {
  ChainsStep,
  ContractsStep,
  EquityStep,
  HistoryStep,
  OptionsStep,
  QuotesStep,
} from '../../config/pipeline/pipeline.js';
import { chooseOptions } from './choose-options.js';
import { estimateSelection } from './estimate-options.js';
import type { PlanContext } from '../plan-context.js';
import type { NeedState } from './need-state.js';
import type { Gap, PlannedTask } from '../plan.js';
import type { MissingBars, BarsPlanner } from '../gaps/bars-planner.js';
import { planOverview } from './plan-overview.js';
import { planSnapshots } from './plan-snapshots.js';
import {
  addAbsentSessions,
  addDates,
  addUntraded,
  listPointAbsences,
  listSessionAbsences,
  toUntraded,
} from './list-absences.js';
import type { AbsentDates, DatesBySize } from './list-absences.js';
import {
  blockedTask,
  deferredTask,
  getStepDataset,
  noChoiceTask,
  noFinishedSession,
  noOptionsTask,
  readyOrUpToDateTask,
  upToDateTask,
} from './planned-task.js';
import { listLostOptions } from './lost-options.js';
import { hasRowsInLake, isUsuallyQuiet } from '../quiet-options.js';
import { decidePoint } from './decide-point.js';
import { equitySeries, optionSeries, pointSeries } from './step-series.js';

/** Plans one task: each task of a plan, and a deferred one again when its inputs are known. */
export function planTask(
  task: Task,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
  const planned = planWritableTask(task, needs, context, bars);
  const refusal = context.readOnly?.get(planned.dataset);
  return refusal !== undefined && (planned.status === 'ready' || planned.status === 'deferred')
    ? blockedTask(task, refusal)
    : planned;
}

function planWritableTask(
  task: Task,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
  const damage = context.unreadable?.get(getStepDataset(task.step));
  if (damage !== undefined) return blockedTask(task, damage);
  const missingNeed = needs.find((need) => need.state === 'missing');
  if (missingNeed !== undefined) {
    const need = `${missingNeed.step.name} of ${task.symbol.instrument.symbol}`;
    return blockedTask(task, `needs ${need}, which is not in the lake and not fetched by this plan`);
  }
  const deniedNeed = needs.find((need) => need.state === 'accepted');
  if (deniedNeed !== undefined) {
    const reason = `needs ${deniedNeed.step.name}`;
    return upToDateTask(task, `${reason}, denied and accepted`, [
      { kind: 'denied', windows: 1, isAccepted: true, reason },
    ]);
  }
  const { step } = task;
  switch (step.uses) {
    case 'contracts':
    case 'chains':
    case 'history':
    case 'quotes':
      return planPoint(task, step, context);
    case 'equity':
      return planEquityBars(task, step, needs, context, bars);
    case 'options':
      return planOptionBars(task, step, needs, context, bars);
    case 'snapshots':
      return planSnapshots(task, step, needs, context);
    case 'overview':
      return planOverview(task, step, needs, context);
  }
  return assertNever(step);
}

function planPoint(
  task: Task,
  step: ContractsStep | ChainsStep | HistoryStep | QuotesStep,
  context: PlanContext,
): PlannedTask {
  const series = pointSeries(step, task.symbol.instrument);
  const decision = decidePoint(series, step, context);
  if (!decision.isRequested) {
    const absences = listPointAbsences(task, decision);
    const reason = decision.lacks === undefined ? decision.reason : describeAbsences(absences);
    return upToDateTask(task, reason, absences);
  }
  const gap: Gap = { window: { start: context.now, end: context.now + 1 }, reason: decision.reason };
  return readyOrUpToDateTask(task, { gaps: [gap], requests: [{ series, window: null, closes: [] }] }, 'up to date');
}

function planEquityBars(
  task: Task,
  step: EquityStep,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
  const { instrument } = task.symbol;
  const missing = createMissingData();
  for (const barSize of step.barSizes) {
    const series = equitySeries(step, instrument, barSize);
    const coverage = context.coverage(step.provider, formatSeriesName(series));
    const historyStart = context.knownState.historyStart(step.provider, instrument.symbol, step.priceType, step.hours);
    const overlap = isAdjusted(instrument) ? step.overlap : 0;
    const found = bars.findMissing(step, instrument.calendar, barSize, coverage, historyStart, overlap);
    addMissingBars(series, found, missing);
    addAbsentSessions(bars.findLost(step, instrument.calendar, coverage, true), missing.absent);
  }
  const pending = needs.filter((need) => need.state === 'pending' && need.step.uses === 'history').slice(0, 1);
  const absences = listSessionAbsences(task, missing).map((absence) =>
    absence.kind === 'rescaled' && context.restate === 'never' ? { ...absence, isAccepted: true } : absence,
  );
  if (pending.length > 0 && missing.requests.length > 0)
    return deferredTask(task, missing.requests.length, pending, absences);
  return readyOrUpToDateTask(task, { ...missing, absences }, describeNoSessions(task, step, bars) ?? 'up to date');
}

/** Prices of indices and futures are never adjusted for corporate actions. */
function isAdjusted({ kind }: Instrument): boolean {
  return kind === 'stock' || kind === 'etf';
}

interface MissingDataBuilder {
  readonly gaps: Gap[];
  readonly requests: Request[];
  readonly absent: AbsentDates;
  /** The first of the reasons for which sessions were denied; undefined for none. */
  deniedReason: string | undefined;
  /** Sessions in which some of the options have rows. */
  readonly tradedDates: DatesBySize;
}

function createMissingData(): MissingDataBuilder {
  return { gaps: [], requests: [], absent: new Map(), deniedReason: undefined, tradedDates: new Map() };
}

function addMissingBars(series: Series, bars: MissingBars, missing: MissingDataBuilder): void {
  addAbsentSessions(bars.absent, missing.absent);
  missing.deniedReason ??= bars.deniedReason;
  for (const gap of bars.gaps) missing.gaps.push(gap);
  for (const batch of bars.batches) missing.requests.push({ series, ...batch });
}

function planOptionBars(
  task: Task,
  step: OptionsStep,
  needs: readonly NeedState[],
  context: PlanContext,
  bars: BarsPlanner,
): PlannedTask {
  if (context.options.restate) return upToDateTask(task, 'options are not adjusted');
  if (context.options.missing) return planLostOptions(task, step, context, bars);
  const choice = chooseOptions(task, step, context);
  const missing = choice.kind === 'chosen' ? findMissingOptionBars(task, step, choice.contracts, context, bars) : null;
  const absences = missing === null ? [] : listSessionAbsences(task, missing);
  const pending = needs.filter(({ state }) => state === 'pending');
  if (pending.length > 0)
    return deferredTask(task, missing?.requests.length ?? estimateChainRequests(task, step, bars), pending, absences);
  if (choice.kind === 'no-options') return noOptionsTask(task);
  if (missing === null) return noChoiceTask(task, choice);
  return readyOrUpToDateTask(task, { ...missing, absences }, describeNoSessions(task, step, bars) ?? 'up to date');
}

function planLostOptions(task: Task, step: OptionsStep, context: PlanContext, bars: BarsPlanner): PlannedTask {
  const missing = createMissingData();
  for (const series of listLostOptions(task, step, context)) {
    const coverage = context.coverage(step.provider, formatSeriesName(series));
    addMissingBars(series, bars.findMissing(step, series.instrument.calendar, series.barSize, coverage), missing);
  }
  return readyOrUpToDateTask(task, missing, 'nothing is missing');
}

function findMissingOptionBars(
  task: Task,
  step: OptionsStep,
  contracts: readonly OptionContract[],
  context: PlanContext,
  bars: BarsPlanner,
): MissingDataBuilder {
  const { instrument } = task.symbol;
  const missing = createMissingData();
  const price = context.knownState.price(step.provider, instrument.symbol)?.price;
  const today = context.calendar(instrument.calendar).dateAt(context.now);
  const untraded: DatesBySize = new Map();
  for (const contract of contracts) {
    for (const barSize of step.barSizes) {
      const series = optionSeries(step, instrument, contract, barSize);
      const coverage = context.coverage(step.provider, formatSeriesName(series));
      const found = bars.findMissing(step, instrument.calendar, barSize, coverage);
      addDates(missing.tradedDates, barSize, found.traded);
      const isQuiet = isUsuallyQuiet(contract, price, today, hasRowsInLake(coverage));
      const absent = new Map(isQuiet ? toUntraded(found.absent, found.traded) : found.absent);
      addDates(untraded, barSize, absent.get('untraded') ?? []);
      absent.delete('untraded');
      addMissingBars(series, { ...found, absent }, missing);
    }
  }
  const chosen = new Set(
    contracts.flatMap((contract) =>
      step.barSizes.map((barSize) => formatSeriesName(optionSeries(step, instrument, contract, barSize))),
    ),
  );
  for (const series of listLostOptions(task, step, context)) {
    const name = formatSeriesName(series);
    const lost = bars.findLost(step, instrument.calendar, context.coverage(step.provider, name), chosen.has(name));
    addAbsentSessions(lost, missing.absent);
  }
  addUntraded(untraded, (barSize, date) => missing.tradedDates.get(barSize)?.has(date) === true, missing.absent);
  return missing;
}

const noCoverage: SeriesCoverage = [];

/** Counts the requests for as many options as the step takes at most, each without any history in the lake. */
function estimateChainRequests(task: Task, step: OptionsStep, bars: BarsPlanner): number {
  const { calendar } = task.symbol.instrument;
  const batchesPerOption = step.barSizes.reduce(
    (sum, barSize) => sum + bars.findMissing(step, calendar, barSize, noCoverage).batches.length,
    0,
  );
  const { expiries, options } = estimateSelection(step);
  return expiries * options * batchesPerOption;
}

function describeNoSessions(task: Task, step: EquityStep | OptionsStep, bars: BarsPlanner): string | null {
  return bars.getWantedSessions(step, task.symbol.instrument.calendar).length === 0 ? noFinishedSession : null;
}
