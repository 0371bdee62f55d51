import { countInstruments } from '../../core/batch-rule.js';
import type { BatchRule } from '../../core/batch-rule.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { ProviderName } from '../../core/series.js';
import { isComputed } from '../../core/tables/tables.js';
import type { Duration } from '../../core/time/time.js';
import { computeBudgetCosts } from '../../pacing/budget-costs.js';
import { estimateDuration } from '../../pacing/estimate-duration.js';
import type { EstimatedCall } from '../../pacing/estimate-duration.js';
import { toPacedRequest } from '../../pacing/paced-request.js';
import type { PacedRequest } from '../../pacing/paced-request.js';
import type { Pipeline, Step } from '../../config/pipeline/pipeline.js';
import type { EstimatePlanCost } from '../../plan/make-plan.js';
import { getEstimatedRequests, listRequests } from '../../plan/plan.js';
import type { PlanCost, PlannedTask } from '../../plan/plan.js';
import type { Task, TaskGraph, TaskId } from '../../plan/task-graph.js';
import { estimateSelection } from '../../plan/tasks/estimate-options.js';
import { getStepDataset } from '../../plan/tasks/planned-task.js';
import { getProviderLimits } from '../providers/create-provider.js';

/** A request of a task, known or guessed. */
interface TaskRequest {
  readonly paced: PacedRequest;
  readonly task: number;
  readonly instruments: number;
}

/** Estimates what a plan costs. Providers work in parallel, so the slowest determines the duration. */
export function createCostEstimator(pipeline: Pipeline): EstimatePlanCost {
  return (tasks, graph) => {
    const needs = listNeeds(tasks, graph);
    let duration = 0;
    const costs: PlanCost['budgets'][number][] = [];
    for (const [name, requests] of groupRequests(tasks, graph, pipeline)) {
      const limits = getProviderLimits(pipeline, name);
      const calls = toCalls(requests, limits);
      const { budgets, maxConcurrency, openingTime = 0 } = limits;
      duration = Math.max(duration, openingTime + estimateDuration({ calls, needs }, budgets, maxConcurrency));
      const paced = calls.map(({ request }) => request);
      for (const cost of computeBudgetCosts(paced, budgets)) costs.push({ provider: name, ...cost });
    }
    return { duration, budgets: costs };
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

/** Returns the calls that the requests take: those for one table share calls if the provider allows it. */
function toCalls(requests: readonly TaskRequest[], limits: ProviderLimits): readonly EstimatedCall[] {
  const { batch } = limits;
  const isShared = ({ paced }: TaskRequest): boolean => batch?.datasets.includes(paced.dataset) === true;
  const single = requests.filter((request) => !isShared(request));
  return [
    ...single.map(({ paced, task, instruments }) => createCall(paced, [task], instruments, limits)),
    ...(batch === undefined ? [] : shareCalls(requests.filter(isShared), batch, limits)),
  ];
}

interface SharedCall {
  readonly lead: PacedRequest;
  readonly tasks: Set<number>;
  instruments: number;
}

function shareCalls(requests: readonly TaskRequest[], batch: BatchRule, limits: ProviderLimits): EstimatedCall[] {
  const calls: SharedCall[] = [];
  for (const { paced, task, instruments } of requests) {
    const size = Math.min(instruments, batch.maxInstruments);
    const found = calls.find(
      (call) => call.lead.dataset === paced.dataset && call.instruments + size <= batch.maxInstruments,
    );
    if (found === undefined) calls.push({ lead: paced, tasks: new Set([task]), instruments: size });
    else {
      found.tasks.add(task);
      found.instruments += size;
    }
  }
  return calls.map(({ lead, tasks, instruments }) => {
    const call = createCall(lead, [...tasks], instruments, limits);
    // It leaves when nothing more joins it.
    return { ...call, answer: call.answer + batch.quietTime };
  });
}

function createCall(
  request: PacedRequest,
  tasks: readonly number[],
  instruments: number,
  { typicalLatency, latencies, instrumentSpacing = 0 }: ProviderLimits,
): EstimatedCall {
  const { dataset } = request;
  return {
    request,
    tasks,
    answer: latencies?.[dataset] ?? typicalLatency,
    sending: getSending(request, instruments, instrumentSpacing),
  };
}

function getSending({ dataset }: PacedRequest, instruments: number, spacing: Duration): Duration {
  if (dataset === 'quotes') return spacing;
  // The underlying of a snapshot has a quote of its own.
  return dataset === 'option_snapshots' ? (instruments - 1) * spacing : 0;
}
