import type { Calendar } from '../core/time/calendar.js';
import type { Clock } from '../core/time/clock.js';
import type { RunEventBody, RunStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { ProviderLimits } from '../core/provider-limits.js';
import type { Request, RequestId, RunId } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import { isComputed } from '../core/tables/tables.js';
import type { Deriver } from './compute/deriver.js';
import type { Task, TaskGraph, TaskId } from '../plan/task-graph.js';
import type { LakeWriter } from '../lake/api.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import type { PlanContext } from '../plan/plan-context.js';
import type { MutableKnownState } from '../plan/known-state.js';
import { planDeferred } from '../plan/make-plan.js';
import type { Plan } from '../plan/plan.js';
import type { Provider } from '../providers/provider.js';
import { planCustomStep } from '../plan/tasks/plan-custom-steps.js';
import { executePlan, getRunStatus } from './execute-plan.js';
import type { TaskResult } from './execution-context.js';
import { executeCustomSteps } from './execute-custom-steps.js';
import type { CommandEnvironment } from './execute-custom-steps.js';
import { summarizeCustomSteps, summarizeSteps } from './summarize-steps.js';

/** A plan and what it was made from. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly graph: TaskGraph;
  readonly context: PlanContext;
  readonly knownState: MutableKnownState;
}

/** What one run of a pipeline needs; opened and closed by whoever starts it. */
export interface RunDeps {
  readonly runId: RunId;
  readonly pipeline: Pipeline;
  readonly version: string;
  /** The lake's folder, absolute. */
  readonly lakeFolder: string;
  readonly writer: LakeWriter;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  /** Plans from the lake as it is when called; called once, after what crashed runs left has been committed. */
  prepare(): Promise<PreparedPlan>;
  /** A source with pacing and patience around it; only called for sources that the plan asks. */
  provider(name: ProviderName, findRequest: (request: Request) => RequestRef | undefined): Promise<Provider>;
  /** What is computed here instead of asked for. */
  createDeriver(prepared: PreparedPlan): Deriver;
  limits(name: ProviderName): ProviderLimits;
  calendar(name: string): Calendar;
  /** What commands of the user's own get of the environment; nothing when absent. */
  readonly commandEnvironment?: CommandEnvironment;
  /** When it aborts nothing new is asked … */
  readonly stopping: AbortSignal;
  /** … and when this one aborts what is under way is given up. */
  readonly stopped: AbortSignal;
}

/** Which request of the run a provider call is for. */
export interface RequestRef {
  readonly id: RequestId;
  readonly task: TaskId;
  /** To be called when the request goes out. */
  readonly markSent: () => void;
}

/** How a run ended. */
export interface RunOutcome {
  readonly status: RunStatus;
  readonly requests: number;
  readonly rows: number;
  readonly tasks: readonly TaskResult[];
  readonly fatal: Failure | null;
}

/** One run, from what crashed runs left behind to a lake that is in order again. */
export async function runPipeline(deps: RunDeps): Promise<RunOutcome> {
  const { clock, emit, pipeline } = deps;
  const startedAt = clock.now();
  const { name, description, file, hash } = pipeline;
  emit({
    type: 'run-started',
    pipeline: { name, description, file, hash },
    version: deps.version,
    lake: deps.lakeFolder,
  });
  if (pipeline.autoProviderWarning !== null) emit({ type: 'warning', message: pipeline.autoProviderWarning });
  try {
    const outcome = await recoverAndExecute(deps);
    const { status, requests, rows } = outcome;
    const reason = outcome.fatal?.message;
    emit({
      type: 'run-finished',
      status,
      requests,
      rows,
      durationMs: clock.now() - startedAt,
      ...(reason === undefined ? {} : { reason }),
    });
    return outcome;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    emit({ type: 'run-finished', status: 'failed', requests: 0, rows: 0, durationMs: clock.now() - startedAt, reason });
    throw error;
  }
}

async function recoverAndExecute(deps: RunDeps): Promise<RunOutcome> {
  const { emit, writer } = deps;
  const recovery = await writer.recover();
  for (const { dataset, path, problem } of recovery.damage)
    emit({ type: 'corruption-detected', dataset, path, problem });
  if (recovery.runs.length > 0) {
    const { runs, results, rows, tornBytes } = recovery;
    emit({ type: 'recovered', runs, results, rows, tornBytes });
  }
  const prepared = await deps.prepare();
  const { plan } = prepared;
  emit({
    type: 'planned',
    tasks: plan.tasks.length + plan.customSteps.length,
    requests: plan.requests,
    windows: plan.windows,
    estimatedRequests: plan.estimatedRequests,
    estimatedMs: plan.estimatedMs,
    steps: summarizeSteps(plan, deps.pipeline),
    ...(plan.customSteps.length === 0 ? {} : { customSteps: summarizeCustomSteps(plan, deps.pipeline) }),
  });
  for (const note of plan.notes) emit({ type: 'warning', message: note });
  const fetched = await fetchFromProviders(deps, prepared);
  const outcome = plan.customSteps.length === 0 ? fetched : await executeRemainingSteps(deps, prepared, fetched);
  // A run that is being stopped stores what it has and leaves the tidying to the next one.
  if (deps.stopping.aborted) await writer.flush();
  else await writer.finish();
  return outcome;
}

/** What steps of the user's own read is what this run has brought, too: it is committed first. */
async function executeRemainingSteps(
  deps: RunDeps,
  { plan, graph }: PreparedPlan,
  fetched: RunOutcome,
): Promise<RunOutcome> {
  const { clock, emit, stopping, stopped, writer, commandEnvironment = { environment: {}, secrets: [] } } = deps;
  if (!stopping.aborted) await writer.flush();
  const planContext = { pipeline: plan.pipeline.name, options: plan.options };
  const customResults = await executeCustomSteps({
    tasks: graph.customTasks,
    plannedSteps: plan.customSteps,
    replan: (task, stepState) => planCustomStep(task, planContext, stepState),
    results: fetched.tasks,
    tables: writer.userTables,
    commandEnvironment,
    clock,
    emit,
    stopping,
    stopped,
  });
  const tasks = [...fetched.tasks, ...customResults];
  return { ...fetched, tasks, status: getRunStatus(tasks) };
}

async function fetchFromProviders(deps: RunDeps, prepared: PreparedPlan): Promise<RunOutcome> {
  const { plan, graph, context, knownState } = prepared;
  const requestRefs = new WeakMap<Request, RequestRef>();
  const providers = new Map<ProviderName, Provider>();
  const opened: Provider[] = [];
  try {
    for (const name of findRequiredProviders(plan, graph)) {
      const provider = await deps.provider(name, (request) => requestRefs.get(request));
      opened.push(provider);
      const failure = await provider.open(deps.stopped);
      providers.set(name, failure === null ? provider : failingProvider(provider, failure));
    }
    return await executePlan({
      runId: deps.runId,
      graph,
      plan,
      replan: (task) => planDeferred(task, context),
      provider: (name) => providers.get(name) ?? unreachableProvider(name),
      // Where there are budgets, pacing chooses who goes next and needs to see all that wait.
      concurrency: (name) => (deps.limits(name).budgets.length > 0 ? Infinity : deps.limits(name).maxConcurrency),
      deriver: deps.createDeriver(prepared),
      calendar: (name) => deps.calendar(name),
      revisionWindow: (task) => getRevisionWindow(task, deps),
      writer: deps.writer,
      knownState,
      clock: deps.clock,
      pointClock: { last: -Infinity },
      emit: deps.emit,
      symbolLimits: deps.pipeline.symbolLimits,
      stopping: deps.stopping,
      stopped: deps.stopped,
      onRequest: (request, id, task, markSent) => requestRefs.set(request, { id, task, markSent }),
    });
  } finally {
    for (const provider of opened) await provider.close();
  }
}

/** Deferred tasks count: they will ask as soon as their inputs are there. */
function findRequiredProviders(plan: Plan, graph: TaskGraph): ReadonlySet<ProviderName> {
  const names = new Set<ProviderName>();
  for (const planned of plan.tasks) {
    const task = graph.task(planned.id);
    const isRequired = (planned.status === 'ready' || planned.status === 'deferred') && !isComputed(planned.dataset);
    if (task !== undefined && isRequired) names.add(task.step.provider);
  }
  return names;
}

/** Only tasks that the plan knows are executed, and every source they ask was opened; anything else is a bug. */
function unreachableProvider(name: ProviderName): never {
  throw new Error(`${name} was asked but never opened`);
}

/** A source that could not be opened answers every request with the reason, and as one that cannot be used at all. */
function failingProvider(provider: Provider, failure: Failure): Provider {
  const hint = failure.kind === 'fatal' ? failure.hint : undefined;
  const fatal: Failure = { kind: 'fatal', message: failure.message, ...(hint === undefined ? {} : { hint }) };
  const outcome = { kind: 'failure', failure: fatal } as const;
  return { ...provider, fetch: () => Promise.resolve(outcome) };
}

function getRevisionWindow({ step }: Task, deps: RunDeps): number {
  const stepWindow = step.uses === 'equity' || step.uses === 'options' ? step.revisionWindow : null;
  return stepWindow ?? deps.limits(step.provider).revisionWindow;
}
