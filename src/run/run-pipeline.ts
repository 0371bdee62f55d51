import type { Calendar } from '../core/calendar.js';
import type { Clock } from '../core/clock.js';
import type { RunEventBody, RunStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { ProviderLimits } from '../core/provider-limits.js';
import type { Request, RequestId, RunId } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import { isComputed } from '../core/tables.js';
import type { Computing } from '../derive/contract.js';
import type { Task, TaskGraph, TaskId } from '../graph/task-graph.js';
import type { LakeWriter } from '../lake/contract.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { PlanContext } from '../plan/context.js';
import type { GrowingKnowledge } from '../plan/knowledge.js';
import { planDeferred } from '../plan/make-plan.js';
import type { Plan } from '../plan/plan.js';
import type { Provider } from '../providers/contract.js';
import { planOwnStep } from '../plan/plan-own.js';
import { execute, statusOf } from './execute.js';
import type { TaskResult } from './execution.js';
import { executeOwn } from './own-steps.js';
import type { CommandSurroundings } from './own-steps.js';
import { plannedOwnSteps, plannedSteps } from './planned-steps.js';

/** A plan and what it was made from. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly graph: TaskGraph;
  readonly context: PlanContext;
  readonly knowledge: GrowingKnowledge;
}

/** What one run of a pipeline needs; opened and closed by whoever starts it. */
export interface RunSetup {
  readonly runId: RunId;
  readonly pipeline: Pipeline;
  readonly version: string;
  /** The lake's folder, absolute. */
  readonly lake: string;
  readonly writer: LakeWriter;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  /** Plans from the lake as it is when called; called once, after what crashed runs left has been committed. */
  prepare(): Promise<PreparedPlan>;
  /** A source with pacing and patience around it; only called for sources that the plan asks. */
  provider(name: ProviderName, asked: (request: Request) => AskedFor | undefined): Promise<Provider>;
  /** What is computed here instead of asked for. */
  computing(prepared: PreparedPlan): Computing;
  limits(name: ProviderName): ProviderLimits;
  calendar(name: string): Calendar;
  /** What commands of the user's own get of the environment; nothing when absent. */
  readonly surroundings?: CommandSurroundings;
  /** When it aborts nothing new is asked … */
  readonly stopping: AbortSignal;
  /** … and when this one aborts what is under way is given up. */
  readonly stopped: AbortSignal;
}

/** Which request of the run a provider call is for. */
export interface AskedFor {
  readonly id: RequestId;
  readonly task: TaskId;
  /** To be called when the request goes out. */
  readonly sent: () => void;
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
export async function runPipeline(setup: RunSetup): Promise<RunOutcome> {
  const { clock, emit, pipeline } = setup;
  const startedAt = clock.now();
  const { name, description, file, hash } = pipeline;
  emit({ type: 'run-started', pipeline: { name, description, file, hash }, version: setup.version, lake: setup.lake });
  if (pipeline.aboutAuto !== null) emit({ type: 'warned', message: pipeline.aboutAuto });
  try {
    const outcome = await recoverPlanExecute(setup);
    const { status, requests, rows } = outcome;
    const reason = outcome.fatal?.message;
    emit({
      type: 'run-finished',
      status,
      requests,
      rows,
      took: clock.now() - startedAt,
      ...(reason === undefined ? {} : { reason }),
    });
    return outcome;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    emit({ type: 'run-finished', status: 'failed', requests: 0, rows: 0, took: clock.now() - startedAt, reason });
    throw error;
  }
}

async function recoverPlanExecute(setup: RunSetup): Promise<RunOutcome> {
  const { emit, writer } = setup;
  const recovery = await writer.recover();
  for (const { dataset, path, problem } of recovery.damage) emit({ type: 'damage-found', dataset, path, problem });
  if (recovery.runs.length > 0) {
    const { runs, deliveries, rows, tornBytes } = recovery;
    emit({ type: 'recovered', runs, deliveries, rows, tornBytes });
  }
  const prepared = await setup.prepare();
  const { plan } = prepared;
  emit({
    type: 'planned',
    tasks: plan.tasks.length + plan.own.length,
    requests: plan.requests,
    windows: plan.windows,
    estimatedRequests: plan.estimatedRequests,
    estimated: plan.estimated,
    steps: plannedSteps(plan, setup.pipeline),
    ...(plan.own.length === 0 ? {} : { own: plannedOwnSteps(plan, setup.pipeline) }),
  });
  for (const note of plan.notes) emit({ type: 'warned', message: note });
  const asked = await askSources(setup, prepared);
  const outcome = plan.own.length === 0 ? asked : await doOwnSteps(setup, prepared, asked);
  // A run that is being stopped stores what it has and leaves the tidying to the next one.
  if (setup.stopping.aborted) await writer.flush();
  else await writer.finish();
  return outcome;
}

/** What steps of the user's own read is what this run has brought, too: it is committed first. */
async function doOwnSteps(setup: RunSetup, { plan, graph }: PreparedPlan, asked: RunOutcome): Promise<RunOutcome> {
  const { clock, emit, stopping, stopped, writer, surroundings = { environment: {}, secrets: [] } } = setup;
  if (!stopping.aborted) await writer.flush();
  const planning = { pipeline: plan.pipeline.name, options: plan.options };
  const own = await executeOwn({
    tasks: graph.own,
    planned: plan.own,
    replan: (task, knowledge) => planOwnStep(task, planning, knowledge),
    results: asked.tasks,
    tables: writer.own,
    surroundings,
    clock,
    emit,
    stopping,
    stopped,
  });
  const tasks = [...asked.tasks, ...own];
  return { ...asked, tasks, status: statusOf(tasks) };
}

async function askSources(setup: RunSetup, prepared: PreparedPlan): Promise<RunOutcome> {
  const { plan, graph, context, knowledge } = prepared;
  const asked = new WeakMap<Request, AskedFor>();
  const providers = new Map<ProviderName, Provider>();
  const opened: Provider[] = [];
  try {
    for (const name of providersAsked(plan, graph)) {
      const provider = await setup.provider(name, (request) => asked.get(request));
      opened.push(provider);
      const failure = await provider.open(setup.stopped);
      providers.set(name, failure === null ? provider : unusable(provider, failure));
    }
    return await execute({
      runId: setup.runId,
      graph,
      plan,
      replan: (task) => planDeferred(task, context),
      provider: (name) => providers.get(name) ?? neverOpened(name),
      // Where there are budgets, pacing chooses who goes next and needs to see all that wait.
      concurrency: (name) => (setup.limits(name).budgets.length > 0 ? Infinity : setup.limits(name).concurrency),
      computing: setup.computing(prepared),
      calendar: (name) => setup.calendar(name),
      settleTime: (task) => settleTimeOf(task, setup),
      writer: setup.writer,
      knowledge,
      clock: setup.clock,
      moments: { last: -Infinity },
      emit: setup.emit,
      symbolLimits: setup.pipeline.symbolLimits,
      stopping: setup.stopping,
      stopped: setup.stopped,
      asking: (request, id, task, sent) => asked.set(request, { id, task, sent }),
    });
  } finally {
    for (const provider of opened) await provider.close();
  }
}

/** Deferred tasks count: they will ask as soon as their inputs are there. */
function providersAsked(plan: Plan, graph: TaskGraph): ReadonlySet<ProviderName> {
  const names = new Set<ProviderName>();
  for (const planned of plan.tasks) {
    const task = graph.task(planned.id);
    const asks = (planned.status === 'ready' || planned.status === 'deferred') && !isComputed(planned.dataset);
    if (task !== undefined && asks) names.add(task.step.provider);
  }
  return names;
}

/** Only tasks that the plan knows are executed, and every source they ask was opened; anything else is a bug. */
function neverOpened(name: ProviderName): never {
  throw new Error(`${name} was asked but never opened`);
}

/** A source that could not be opened answers every request with the reason, and as one that cannot be used at all. */
function unusable(provider: Provider, failure: Failure): Provider {
  const remedy = failure.kind === 'fatal' ? failure.remedy : undefined;
  const fatal: Failure = { kind: 'fatal', message: failure.message, ...(remedy === undefined ? {} : { remedy }) };
  const outcome = { kind: 'failure', failure: fatal } as const;
  return { ...provider, fetch: () => Promise.resolve(outcome) };
}

function settleTimeOf({ step }: Task, setup: RunSetup): number {
  const own = step.uses === 'equity' || step.uses === 'options' ? step.settle : null;
  return own ?? setup.limits(step.provider).settleTime;
}
