import { omitUndefined } from '../platform/omit-undefined.js';
import type { Failure } from '../core/failure.js';
import { createRequestIds } from '../core/request.js';
import type { RequestId } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import { isComputed } from '../core/tables/tables.js';
import { planCustomStep } from '../plan/tasks/plan-custom-steps.js';
import { errorMessage } from '../platform/error-message.js';
import type { Provider } from '../providers/provider.js';
import { claimSharedSeries } from './claim-shared-series.js';
import { executeCustomSteps } from './execute-custom-steps.js';
import { executePlan } from './execute-plan.js';
import type { Execution, PreparedPlan, RunDeps, RunOutcome } from './execution.js';
import type { ExaminedFiles } from '../imports/examine-files.js';
import { runImportStep } from './imports/run-import-step.js';
import { summarizeCustomSteps, summarizeSteps } from './summarize-steps.js';
import { getRunStatus } from './task-state.js';

/** Runs a pipeline: recovers results of crashed runs, executes the plan, commits, and maintains the lake. */
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
  for (const message of pipeline.symbolWarnings) emit({ type: 'warning', message });
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
      ...omitUndefined({ reason }),
    });
    return outcome;
  } catch (error) {
    const reason = errorMessage(error);
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
    emit({ type: 'spool-recovered', runs, results, rows, tornBytes });
  }
  const prepared = await deps.prepare();
  const { plan } = prepared;
  await claimSharedSeries(deps, prepared);
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
  const nextRequestId = createRequestIds(deps.runId);
  const fetched = await fetchFromProviders({ ...deps, nextRequestId }, prepared);
  await applyQuality(deps);
  const outcome =
    plan.customSteps.length === 0 ? fetched : await executeRemainingSteps(deps, prepared, fetched, nextRequestId);
  // The rows of imported files.
  if (deps.pipeline.customSteps.some(({ uses }) => uses === 'import')) await applyQuality(deps);
  // A stopping run stores what it has; the next one does the maintenance.
  if (deps.shutdown.stopping.aborted) await writer.flush();
  else {
    await writer.finish();
    await deps.deliver?.();
  }
  return outcome;
}

/** Applies the quality rules, if there are any, to the rows so far. */
async function applyQuality(deps: RunDeps): Promise<void> {
  if (deps.applyQuality === undefined || deps.shutdown.stopping.aborted) return;
  await deps.writer.flush();
  await deps.applyQuality();
}

/** Executes the custom steps. The rows of this run are committed first, because the steps read them. */
async function executeRemainingSteps(
  deps: RunDeps,
  { plan, graph, context }: PreparedPlan,
  fetched: RunOutcome,
  nextRequestId: () => RequestId,
): Promise<RunOutcome> {
  const { clock, emit, shutdown, writer, commandEnvironment = { environment: {}, secrets: [] } } = deps;
  if (!shutdown.stopping.aborted) await writer.flush();
  const imports = context.imports ?? new Map<string, ExaminedFiles>();
  const planContext = { pipeline: plan.pipeline.name, options: plan.options, imports };
  const customResults = await executeCustomSteps({
    tasks: graph.customTasks,
    plannedSteps: plan.customSteps,
    replan: (task, stepState) => planCustomStep(task, planContext, stepState),
    results: fetched.tasks,
    tables: writer.userTables,
    importFiles: (task, step) => runImportStep(task, step, imports, nextRequestId, deps),
    commandEnvironment,
    clock,
    emit,
    shutdown,
  });
  const tasks = [...fetched.tasks, ...customResults];
  const imported = customResults.filter(({ id }) => imports.has(id)).reduce((sum, { rows }) => sum + rows, 0);
  return { ...fetched, rows: fetched.rows + imported, tasks, status: getRunStatus(tasks, fetched.fatal) };
}

async function fetchFromProviders(
  deps: RunDeps & Pick<Execution['deps'], 'nextRequestId'>,
  prepared: PreparedPlan,
): Promise<RunOutcome> {
  const providers = new Map<ProviderName, Provider>();
  const opened: Provider[] = [];
  const required = findRequiredProviders(prepared);
  if (required.size > 0) await deps.writer.prepare();
  try {
    for (const name of required) {
      const provider = await deps.provider(name);
      opened.push(provider);
      const result = await provider.open(deps.shutdown.stopping);
      providers.set(name, result.ok ? provider : failingProvider(provider, result.error));
    }
    return await executePlan({ deps, prepared, deriver: deps.createDeriver(prepared), providers });
  } finally {
    for (const provider of opened) await provider.close();
  }
}

/** Returns the providers that the plan sends requests to, with those of deferred tasks. */
function findRequiredProviders({ plan, graph }: PreparedPlan): ReadonlySet<ProviderName> {
  const names = new Set<ProviderName>();
  for (const planned of plan.tasks) {
    const task = graph.task(planned.id);
    const isRequired = (planned.status === 'ready' || planned.status === 'deferred') && !isComputed(planned.dataset);
    if (task !== undefined && isRequired) names.add(task.step.provider);
  }
  return names;
}

/** Answers every request with the failure to open the provider, as a fatal one. */
function failingProvider(provider: Provider, failure: Failure): Provider {
  const hint = failure.kind === 'fatal' ? failure.hint : undefined;
  const fatal: Failure = { kind: 'fatal', message: failure.message, ...omitUndefined({ hint }) };
  const outcome = { kind: 'failure', failure: fatal } as const;
  return { ...provider, fetch: () => Promise.resolve(outcome) };
}
