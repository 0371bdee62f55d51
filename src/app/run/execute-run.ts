import type { LakeReader, LakeWriter } from '../../lake/api.js';
import { openInFlight } from '../../lake/in-flight/in-flight.js';
import type { InFlight } from '../../lake/in-flight/in-flight.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { openLakeWriter } from '../../lake/writer/lake-writer.js';
import { closeAbandonedRuns } from '../../lineage/records/close-abandoned-runs.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import { createDeriver } from '../../run/compute/create-deriver.js';
import { createLakeHistory } from '../../run/compute/lake-history.js';
import { runPipeline } from '../../run/run-pipeline.js';
import type { ImportAccess } from '../../run/imports/import-access.js';
import type { PreparedPlan, RunDeps, RunOutcome } from '../../run/execution.js';
import { toUtcDate } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import { killProcessGroups } from '../../platform/process-group.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode, toExitCode } from '../exit-code.js';
import type { ExitCode } from '../exit-code.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { withLineageFolder } from '../lineage-folder.js';
import { planPipeline } from '../plan/plan-pipeline.js';
import { assertSamePlan } from '../plan/saved-plan.js';
import type { SavedPlan } from '../plan/saved-plan.js';
import { createCallLog } from '../providers/call-log.js';
import { getProviderLimits } from '../providers/create-provider.js';
import { readAccountSpending } from '../providers/pacing-ledger.js';
import { createRunProviders } from '../providers/run-providers.js';
import type { BudgetRemaining, RunProviders } from '../providers/run-providers.js';
import { createPipelineRedactor } from '../redaction.js';
import type { Redact } from '../../platform/redact.js';
import { createRunSignals } from '../signals.js';
import type { ShutdownSignals } from '../signals.js';
import type { RequestLogs } from '../sinks/request-logs.js';
import { commandLine } from '../this-program.js';
import { version } from '../version.js';
import { createCustomStepEnvironment } from './custom-step-environment.js';
import { pruneAfterRun } from './prune-after-run.js';
import type { ReportBuilder } from './report-builder.js';
import { createRunActivity } from './run-activity.js';
import { createStoredBarsReader } from './stored-bars.js';
import { createRunObservers } from './run-observers.js';
import type { RunObservers } from './run-observers.js';
import type { RunProgress } from './run-progress.js';

/** A run of a pipeline whose lock the caller holds. */
export interface RunInput {
  readonly pipeline: Pipeline;
  readonly options: PlanOptions;
  /** The plan to execute; null to plan from the lake as it is. */
  readonly saved: SavedPlan | null;
  readonly runId: string;
  /** The file that gets every provider call; null for none. */
  readonly callLogFile: string | null;
  readonly logAllLevels: boolean;
}

/** Shows a run to the user, or sends it to the collector. */
export interface RunDisplay {
  createProgress(getBudgets: () => readonly BudgetRemaining[]): RunProgress;
  /** Shows that the first signal has arrived. */
  onStopping(message: string, progress: RunProgress): void;
  /** Shows that the run record is incomplete, which no event can report. */
  onRecordError(message: string, progress: RunProgress): void;
  /** Shows a warning after the run. */
  warn(message: string): void;
  /** Called once, before the run releases its resources. */
  onFinished(outcome: RunOutcome, report: ReportBuilder): void;
}

/** Runs a pipeline, from the recovery of crashed runs to the pruning of records, and returns the exit code. */
export async function executeRun(input: RunInput, display: RunDisplay, ctx: AppContext): Promise<ExitCode> {
  const { pipeline, runId } = input;
  process.once('exit', killProcessGroups);
  const run = await openRun(input, display, ctx);
  const { observers, progress, providers, reader, writer, inFlight, signals, requestLogs } = run;
  const { record, report, outputs, lineageClient } = observers;
  let code: ExitCode;
  try {
    const abandonedRuns = await withLineageFolder(ctx.lineageFolder, () =>
      closeAbandonedRuns({
        lineageFolder: ctx.lineageFolder,
        files: nodeFiles,
        lake: ctx.dataFolder,
        runId,
        now: ctx.clock.now(),
        isAlive: isProcessAlive,
      }),
    );
    for (const abandonedRun of abandonedRuns) lineageClient?.send(abandonedRun);
    const outcome = await runPipeline(createRunDeps(input, run, ctx));
    // Before the report, which includes failures to notify.
    await outputs.finish();
    progress.stop();
    display.onFinished(outcome, report);
    code = toExitCode(outcome);
  } finally {
    await outputs.finish();
    progress.stop();
    await providers.close();
    await report.write();
    await record.finish();
    await lineageClient?.finish(signals.stopping);
    await requestLogs?.close();
    await inFlight?.close();
    await reader.close();
    await writer.close();
    if (!signals.stopping.aborted) await pruneAfterRun(pipeline, runId, (message) => display.warn(message), ctx);
    await outputs.flushLog();
    // Last: a signal during the steps above must not interrupt them.
    signals.dispose();
    process.off('exit', killProcessGroups);
  }
  return signals.received() ?? code;
}

/** The resources of a run. */
interface OpenRun {
  readonly observers: RunObservers;
  readonly progress: RunProgress;
  readonly providers: RunProviders;
  readonly reader: LakeReader;
  readonly writer: LakeWriter;
  /** Null for a run that requests everything again. */
  readonly inFlight: InFlight | null;
  readonly signals: ShutdownSignals;
  readonly redact: Redact;
  /** Undefined without steps that import. */
  readonly imports: ImportAccess | undefined;
  /** Null without a sink that shows requests in flight. */
  readonly requestLogs: RequestLogs | null;
}

async function openRun(input: RunInput, display: RunDisplay, ctx: AppContext): Promise<OpenRun> {
  const { pipeline, options, runId, callLogFile, logAllLevels } = input;
  const { clock } = ctx;
  const recordCall = callLogFile === null ? null : createCallLog(callLogFile);
  const redact = await createPipelineRedactor(pipeline, ctx);
  const providers = createRunProviders({ pipeline, ctx, recordCall, emit: (event) => observers.emit(event), redact });
  const shown = display.createProgress(() => providers.getRemainingBudgets());
  const activity = createRunActivity();
  const progress: RunProgress = {
    ...shown,
    handle(event) {
      activity.handle(event);
      requestLogs?.handle(event);
      shown.handle(event);
    },
  };
  const signals: ShutdownSignals = createRunSignals(
    (message) => display.onStopping(message, progress),
    () => activity.describe(),
    async () => {
      progress.stop();
      await observers.outputs.flushLog();
    },
  );
  const requestLogs = await openRequestLogs(input, signals, ctx);
  const observers = await createRunObservers(
    {
      pipeline,
      runId,
      redact,
      progress,
      reader: { readState: () => reader.readState(), readStatistics: () => reader.readStatistics() },
      stopping: signals.stopping,
      hasOwnDates: options.from !== null || options.to !== null,
      logAllLevels,
      onRecordError: (message) => display.onRecordError(message, progress),
    },
    ctx,
  );
  const writer = await openLakeWriter({
    folder: ctx.dataFolder,
    author: { runId, pipeline: { name: pipeline.name, hash: pipeline.hash } },
    clock,
    emit: observers.emit,
    program: `pipe/${version()}`,
    getTimeZone: (calendar) => getCalendarOrExit(calendar).timeZone,
  });
  const reader = await openLakeReader(ctx.dataFolder);
  const inFlight = options.force
    ? null
    : openInFlight({ folder: ctx.dataFolder, runId, command: commandLine(), clock });
  const imports = pipeline.customSteps.some(({ uses }) => uses === 'import')
    ? (await import('./import-access.js')).createImportAccess(reader)
    : undefined;
  return { observers, progress, providers, reader, writer, inFlight, signals, redact, imports, requestLogs };
}

/** Opens the logs of sinks that show requests in flight, which most pipelines do not have: their code is loaded here. */
async function openRequestLogs(
  { pipeline, runId }: RunInput,
  { stopped }: ShutdownSignals,
  ctx: AppContext,
): Promise<RequestLogs | null> {
  if (!pipeline.sinks.some(({ kind }) => kind === 'postgres')) return null;
  const logs = await import('../sinks/request-logs.js');
  return logs.openRequestLogs(pipeline, runId, stopped, ctx);
}

function createRunDeps(input: RunInput, run: OpenRun, ctx: AppContext): RunDeps {
  const { pipeline, runId } = input;
  const { observers, providers, reader, writer, signals } = run;
  return {
    runId,
    pipeline,
    version: version(),
    lakeFolder: ctx.dataFolder,
    writer,
    shared: run.inFlight ?? undefined,
    readStoredBars: createStoredBarsReader(reader),
    clock: ctx.clock,
    emit: observers.emit,
    prepare: () => prepareRun(input, run, ctx),
    ...(pipeline.quality.length === 0 ? {} : { applyQuality: () => applyQuality(pipeline, run, ctx) }),
    ...(pipeline.sinks.length === 0 ? {} : { deliver: () => deliver(input, run, ctx) }),
    provider: async (name) => {
      await observers.outputs.checkReady();
      return providers.open(name, signals.stopping);
    },
    createDeriver: ({ plan, knownState }) =>
      createDeriver({
        settings: pipeline.analytics,
        knownState,
        calendar: getCalendarOrExit,
        history: createLakeHistory(
          reader,
          pipeline.symbols.map(({ instrument }) => instrument.symbol),
          pipeline.analytics,
          toUtcDate(plan.now),
        ),
        recordsAnswers: pipeline.steps.some(({ uses }) => uses === 'overview'),
      }),
    limits: (name) => getProviderLimits(pipeline, name),
    calendar: getCalendarOrExit,
    imports: run.imports,
    commandEnvironment: createCustomStepEnvironment(ctx.environment),
    shutdown: signals,
  };
}

/** Applies the quality rules, which most pipelines do not have: their code is loaded here. */
async function applyQuality(pipeline: Pipeline, { writer, observers }: OpenRun, ctx: AppContext): Promise<void> {
  const { applyQualityInRun } = await import('../quality/apply-quality.js');
  await applyQualityInRun(pipeline, writer, observers.emit, ctx);
}

/** Delivers to the sinks, which most pipelines do not have: their code is loaded here. */
async function deliver(
  { pipeline, runId }: RunInput,
  { observers, redact, signals, requestLogs }: OpenRun,
  ctx: AppContext,
): Promise<void> {
  const { deliverAfterRun } = await import('../sinks/deliver-after-run.js');
  await requestLogs?.close();
  // The logs of requests are read from the record.
  await observers.record.finish();
  await deliverAfterRun({ pipeline, runId, emit: observers.emit, redact, signal: signals.stopping }, ctx);
}

/** Plans the run; a hook that failed before the run, or a saved plan that no longer applies, ends it. */
async function prepareRun(
  { pipeline, options, saved }: RunInput,
  { observers, providers, reader, signals }: OpenRun,
  ctx: AppContext,
): Promise<PreparedPlan> {
  const ready = await observers.outputs.checkReady();
  if (!ready.ok && !signals.stopping.aborted)
    throw new CliError(exitCode.someFailed, `${ready.error}; no request was sent`);
  const spending = await readAccountSpending(pipeline, ctx);
  const planning = await planPipeline(pipeline, reader, options, saved?.now ?? ctx.clock.now(), true, spending);
  if (saved !== null) assertSamePlan(saved, planning.plan);
  providers.setExpectedDuration(planning.plan.estimatedMs);
  await observers.record.started();
  return planning;
}
