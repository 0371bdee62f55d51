import { countCalls, countInstruments } from '../../core/batch-rule.js';
import type { BatchRule } from '../../core/batch-rule.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { ProviderName } from '../../core/series.js';
import { isComputed } from '../../core/tables/tables.js';
import type { Duration } from '../../core/time/time.js';
import { computeBudgetCosts } from '../../pacing/budget-costs.js';
import { estimateDuration } from '../../pacing/estimate-duration.js';
import type { EstimatedSource } from '../../pacing/estimate-duration.js';
import type { EstimatedCall } from '../../pacing/estimated-tasks.js';
import { toPacedRequest } from '../../pacing/paced-request.js';
import type { PacedRequest } from '../../pacing/paced-request.js';
import type { Pipeline, Step } from '../../config/pipeline/pipeline.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import type { EstimatePlanCost } from '../../plan/make-plan.js';
import { getEstimatedRequests, listRequests } from '../../plan/plan.js';
import type { PlanCost, PlannedTask } from '../../plan/plan.js';
import type { Task, TaskGraph, TaskId } from '../../plan/task-graph.js';
import { estimateSelection } from '../../plan/tasks/estimate-options.js';
import { getStepDataset } from '../../plan/tasks/planned-task.js';
import { getProviderLimits } from '../providers/create-provider.js';
import type { AccountSpending } from '../providers/pacing-ledger.js';

/** A request of a task, known or guessed. */
interface TaskRequest {
  readonly paced: PacedRequest;
  readonly task: number;
  readonly instruments: number;
}

/** For estimates of what a plan costs when no other run has spent anything. */
export const nothingSpent: AccountSpending = { now: 0, byProvider: new Map() };

/** Creates the function that estimates what a plan costs. Providers work in parallel, and symbols in the order of the run. */
export function createCostEstimator(pipeline: Pipeline, spending: AccountSpending = nothingSpent): EstimatePlanCost {
  return (tasks, graph) => {
    const needs = listNeeds(tasks, graph);
    const sources: EstimatedSource[] = [];
    const callsOfTask = tasks.map((): EstimatedCall[] => []);
    const costs: PlanCost['budgets'][number][] = [];
    let openingTime: Duration = 0;
    for (const [name, requests] of groupRequests(tasks, graph, pipeline)) {
      if (requests.length === 0) continue;
      const limits = getProviderLimits(pipeline, name);
      const { budgets, maxConcurrency, batch } = limits;
      const calls = requests.map((request) => createCall(request, sources.length, limits));
      for (const [index, { task }] of requests.entries()) {
        const call = calls[index];
        if (call !== undefined) callsOfTask[task]?.push(call);
      }
      const spent = spending.byProvider.get(name);
      sources.push({ budgets, concurrency: maxConcurrency, ...omitUndefined({ batch, spent }) });
      // Providers are opened one after the other, before the first request.
      openingTime += limits.openingTime ?? 0;
      for (const cost of computeBudgetCosts(leadRequests(calls, batch), budgets))
        costs.push({ provider: name, ...cost });
    }
    const work = {
      sources,
      tasks: tasks.map(({ symbol }, index) => ({
        symbol,
        needs: needs[index] ?? [],
        calls: callsOfTask[index] ?? [],
      })),
      maxSymbols: pipeline.symbolLimits.maxConcurrent,
      startAt: spending.now + openingTime,
    };
    return { duration: sources.length === 0 ? 0 : openingTime + estimateDuration(work), budgets: costs };
  };
}

/** Returns for each task the numbers of the planned tasks that it needs. */
function listNeeds(tasks: readonly PlannedTask[], graph: TaskGraph): readonly (readonly number[])[] {
  const numbers = new Map<TaskId, number>(tasks.map(({ id }, number) => [id, number]));
  return tasks.map(({ id }) =>
    (graph.task(id)?.needs ?? []).flatMap((need) => {
      const number = numbers.get(need);
      return number === undefined ? [] : [number];
    }),
  );
}

function groupRequests(
  tasks: readonly PlannedTask[],
  graph: TaskGraph,
  pipeline: Pipeline,
): ReadonlyMap<ProviderName, readonly TaskRequest[]> {
  const byProvider = new Map<ProviderName, TaskRequest[]>();
  for (const [number, planned] of tasks.entries()) {
    const task = graph.task(planned.id);
    if (task === undefined || isComputed(planned.dataset)) continue;
    const { provider } = task.step;
    const known = byProvider.get(provider) ?? [];
    byProvider.set(provider, known);
    for (const request of listRequests(planned)) {
      const instruments = countInstruments(request.series);
      known.push({ paced: toPacedRequest(request), task: number, instruments });
    }
    const count = getEstimatedRequests(planned);
    if (count > 0) known.push(...guessRequests(task, number, count, getProviderLimits(pipeline, provider)));
  }
  return byProvider;
}

/** Guesses the requests of a deferred task, each for a contract of its own. */
function guessRequests(
  { id, step }: Task,
  task: number,
  count: number,
  { maxSnapshotContracts }: ProviderLimits,
): readonly TaskRequest[] {
  const isBars = step.uses === 'equity' || step.uses === 'options';
  const instruments = guessInstruments(step, maxSnapshotContracts);
  return Array.from({ length: count }, (_, index): TaskRequest => {
    const contract = `${id} ${String(index)}`;
    const paced: PacedRequest = {
      dataset: getStepDataset(step),
      priceType: isBars ? step.priceType : null,
      barSize: isBars ? (step.barSizes[0] ?? null) : null,
      contract,
      identical: contract,
      connection: 'main',
      priority: 5,
    };
    return { paced, task, instruments };
  });
}

/** Returns the number of instruments in a snapshot of options; an expiry that needs several snapshots is split evenly. */
function guessInstruments(step: Step, maxSnapshotContracts: number): number {
  if (step.uses !== 'snapshots') return 1;
  const { options } = estimateSelection(step);
  return Math.ceil(options / Math.ceil(options / maxSnapshotContracts)) + 1;
}

function createCall({ paced, instruments }: TaskRequest, source: number, limits: ProviderLimits): EstimatedCall {
  const { typicalLatency, latencies, instrumentSpacing = 0, batch } = limits;
  const { dataset } = paced;
  return {
    request: paced,
    source,
    answer: latencies?.[dataset] ?? typicalLatency,
    sending: getSending(paced, instruments, instrumentSpacing),
    ...(batch?.datasets.includes(dataset) === true
      ? { sharedInstruments: Math.min(instruments, batch.maxInstruments) }
      : {}),
  };
}

/** Returns one request for each call if all that share calls are sent together: budgets count calls. */
function leadRequests(calls: readonly EstimatedCall[], batch: BatchRule | undefined): readonly PacedRequest[] {
  const single = calls.filter(({ sharedInstruments }) => sharedInstruments === undefined);
  const shared = calls.filter(({ sharedInstruments }) => sharedInstruments !== undefined);
  const sizes = shared.map(({ sharedInstruments = 0 }) => sharedInstruments);
  const leaders = batch === undefined ? [] : shared.slice(0, countCalls(sizes, batch.maxInstruments));
  return [...single, ...leaders].map(({ request }) => request);
}

function getSending({ dataset }: PacedRequest, instruments: number, spacing: Duration): Duration {
  if (dataset === 'quotes') return spacing;
  // The underlying of a snapshot has a quote of its own.
  return dataset === 'option_snapshots' ? (instruments - 1) * spacing : 0;
}
