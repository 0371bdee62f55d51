import { isLacking } from '../core/absence.js';
import { holdsRows } from '../core/coverage-fold.js';
import { formatSeriesName } from '../core/series.js';
import type { Series } from '../core/series.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Task, TaskGraph, TaskId } from './task-graph.js';
import type { UserTablesState } from '../lake/api.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import type { PlanContext } from './plan-context.js';
import type { NeedState } from './tasks/need-state.js';
import { selectsPriority } from './plan-options.js';
import type { PlanOptions } from './plan-options.js';
import { emptyCustomStepState, planCustomSteps } from './tasks/plan-custom-steps.js';
import { getEstimatedRequests, listGaps, listRequests } from './plan.js';
import type { Plan, PlanCost, PlannedCustomStep, PlannedTask } from './plan.js';
import { createBarsPlanner } from './gaps/bars-planner.js';
import type { BarsPlanner } from './gaps/bars-planner.js';
import { noteAdaptiveStrikes } from './note-adaptive-strikes.js';
import { limitRestatement } from './limit-restatement.js';
import { noteClosedMarkets } from './note-closed-markets.js';
import { planTask } from './tasks/plan-task.js';
import { equitySeries, pointSeries } from './tasks/step-series.js';

/** Estimates the duration of tasks within the budgets of their providers, and the use of those budgets. */
export type EstimatePlanCost = (tasks: readonly PlannedTask[], graph: TaskGraph) => PlanCost;

/** Makes the plan. Pure: the same arguments give the same plan. */
export function makePlan(
  pipeline: Pipeline,
  graph: TaskGraph,
  versions: Readonly<Record<Dataset, number | null>>,
  context: PlanContext,
  estimate: EstimatePlanCost,
  customStepState: UserTablesState = emptyCustomStepState,
): Plan {
  const bars = createBarsPlanner(context);
  const planned = new Map<TaskId, PlannedTask>();
  const isIncluded = createTaskFilter(context.options);
  for (const task of graph.tasks) {
    if (!isIncluded(task)) continue;
    planned.set(task.id, planTask(task, resolveNeedStates(task, graph, planned, context), context, bars));
  }
  const tasks = limitRestatement([...planned.values()], graph, pipeline.restatement.maxRequests, context);
  const requests = tasks.flatMap(listRequests);
  const cost = estimate(tasks, graph);
  const estimatedRequests = tasks.reduce((sum, task) => sum + getEstimatedRequests(task), 0);
  const customSteps = planCustomSteps(
    {
      tasks: graph.customTasks,
      plannedTasks: tasks,
      pipeline: pipeline.name,
      options: context.options,
      imports: context.imports ?? new Map(),
    },
    customStepState,
  );
  return {
    pipeline: { name: pipeline.name, file: pipeline.file, hash: pipeline.hash },
    now: context.now,
    options: context.options,
    versions,
    tasks,
    customSteps: addPartialInputs(customSteps, graph, context, bars),
    requests: requests.length,
    windows: tasks.reduce((sum, task) => sum + listGaps(task).length, 0),
    estimatedRequests,
    estimatedMs: cost.duration,
    budgets: cost.budgets,
    notes: [
      ...collectNotes(pipeline, context, bars),
      ...noteAdaptiveStrikes(pipeline, tasks, context),
      ...noteClosedMarkets(pipeline, tasks, context),
    ],
  };
}

/** Finds the inputs of custom steps that are not in the plan, because its options select other steps, and lack something. */
function addPartialInputs(
  customSteps: readonly PlannedCustomStep[],
  graph: TaskGraph,
  context: PlanContext,
  bars: BarsPlanner,
): readonly PlannedCustomStep[] {
  const { steps } = context.options;
  if (steps === null) return customSteps;
  return customSteps.map((planned) => {
    const needs = graph.customTasks.find(({ id }) => id === planned.id)?.needs ?? [];
    const unselected = graph.tasks.filter(({ step: { name } }) => needs.includes(name) && !steps.includes(name));
    const partialInputs = unselected
      .filter((task) => isLacking(planTask(task, [], context, bars).absences))
      .map(({ id }) => id);
    return partialInputs.length === 0 ? planned : { ...planned, partialInputs };
  });
}

/** Plans a deferred task again after everything it needs has ended. */
export function planDeferred(task: Task, context: PlanContext): PlannedTask {
  return planTask(task, [], context, createBarsPlanner(context));
}

function createTaskFilter(options: PlanOptions): (task: Task) => boolean {
  const symbols = options.symbols === null ? null : new Set(options.symbols);
  const steps = options.steps === null ? null : new Set(options.steps);
  return ({ step, symbol }) =>
    (symbols === null || symbols.has(symbol.instrument.symbol)) &&
    (steps === null || steps.has(step.name)) &&
    selectsPriority(options, symbol.priority);
}

function resolveNeedStates(
  task: Task,
  graph: TaskGraph,
  planned: ReadonlyMap<TaskId, PlannedTask>,
  context: PlanContext,
): readonly NeedState[] {
  const states: NeedState[] = [];
  for (const id of task.needs) {
    const need = graph.task(id);
    if (need === undefined) continue;
    const plan = planned.get(id);
    const isPending = plan?.status === 'ready' || plan?.status === 'deferred';
    const isStored = isAvailable(need, context) || (plan?.status === 'up-to-date' && listSeries(need).length === 0);
    const isAccepted = plan === undefined ? isAcceptedDenial(need, context) : hasOnlyAcceptedDenials(plan);
    // Bars can be requested without the start of the history: it only saves requests.
    const canDoWithout = isAccepted && need.step.uses === 'history';
    const state = isPending ? 'pending' : isStored || canDoWithout ? 'available' : isAccepted ? 'accepted' : 'missing';
    states.push({ step: need.step, state });
  }
  return states;
}

/** Returns true when the lake has an answer, of any age, that the next step can use. "No options are listed" is one. */
function isAvailable(need: Task, context: PlanContext): boolean {
  const { step } = need;
  if (step.uses === 'snapshots')
    return context.knownState.snapshots(step.provider, need.symbol.instrument.symbol) !== undefined;
  return listSeries(need).some((series) =>
    context
      .coverage(step.provider, formatSeriesName(series))
      .some(({ state }) => holdsRows(state) || (state === 'empty' && step.uses === 'chains')),
  );
}

/** What the provider no longer has blocks the tasks that need it; only a denial can be accepted. */
function hasOnlyAcceptedDenials({ status, absences }: PlannedTask): boolean {
  return status === 'up-to-date' && absences.some(({ kind }) => kind === 'denied') && !isLacking(absences);
}

/** Returns true for a task outside of the plan whose last answer was a denial that the user accepts. */
function isAcceptedDenial(need: Task, context: PlanContext): boolean {
  const { step, symbol } = need;
  const isDenied = (series: Series): boolean =>
    context.coverage(step.provider, formatSeriesName(series)).at(-1)?.state === 'denied';
  return symbol.acceptsDenied && listSeries(need).some(isDenied);
}

/** Lists the series that other steps use. */
function listSeries({ step, symbol: { instrument } }: Task): readonly Series[] {
  switch (step.uses) {
    case 'contracts':
    case 'chains':
    case 'history':
    case 'quotes':
      return [pointSeries(step, instrument)];
    case 'equity':
      return step.barSizes.map((barSize) => equitySeries(step, instrument, barSize));
    case 'options':
    case 'snapshots':
    case 'overview':
      return [];
  }
}

function collectNotes(pipeline: Pipeline, context: PlanContext, bars: BarsPlanner): readonly string[] {
  const notes = new Set<string>();
  const calendars = new Set(pipeline.symbols.map((symbol) => symbol.instrument.calendar));
  for (const name of calendars) {
    const calendar = context.calendar(name);
    for (const step of pipeline.steps) {
      if (step.uses !== 'equity' && step.uses !== 'options') continue;
      const sessions = bars.getWantedSessions(step, name);
      if (sessions.length === 0) notes.add(`${step.name}: no finished session of ${name} in the requested range`);
      if ((sessions.at(-1)?.date ?? '') > calendar.lastPublishedDate) {
        notes.add(
          `${name}: holidays after ${calendar.lastPublishedDate} are not published; sessions are projected by rule`,
        );
      }
      if (step.lookback.kind === 'dates' && step.lookback.from < calendar.firstDate) {
        notes.add(
          `${step.name}: the calendar ${name} starts on ${calendar.firstDate}; earlier dates are not requested`,
        );
      }
    }
  }
  return [...notes];
}
