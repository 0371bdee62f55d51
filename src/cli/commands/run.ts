import { resolve } from 'node:path';

import { Option } from 'commander';
import type { Command } from 'commander';

import { parseDuration } from '../../core/time/duration.js';
import type { Failure } from '../../core/failure.js';
import { formatInstant, toUtcDate } from '../../core/time/time.js';
import { createLakeHistory } from '../../run/compute/lake-history.js';
import { createDeriver } from '../../run/compute/create-deriver.js';
import { acquireLock } from '../../lake/locks/lock.js';
import type { Lock } from '../../lake/locks/lock.js';
import type { LockHolder } from '../../lake/locks/lock-file.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { openLakeWriter } from '../../lake/writer/lake-writer.js';
import { nodeFiles } from '../../platform/file-store.js';
import { closeAbandonedRuns } from '../../lineage/records/close-abandoned-runs.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import { runPipeline } from '../../run/run-pipeline.js';
import type { RunOutcome } from '../../run/run-pipeline.js';
import { killProcessGroups } from '../../platform/process-group.js';
import { readDefinitionOrExit } from '../../app/pipeline/definition-snapshot.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import { createCallLog } from '../../app/providers/call-log.js';
import { createCustomStepEnvironment } from '../../app/run/custom-step-environment.js';
import { exitCode, toExitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { checkNotDue } from '../../app/schedule/if-due.js';
import { withLineageFolder, prepareLineageFolder } from '../../app/lineage-folder.js';
import { loadPipelineOrExit, findPipelineFile } from '../../app/pipeline/load-pipeline.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import { firstPlanOption, parsePlanOptions, addPlanOptions } from '../options/plan-options.js';
import type { PlanFlags } from '../options/plan-options.js';
import { planPipeline } from '../../app/plan/plan-pipeline.js';
import { createProgress } from '../output/progress.js';
import { getProviderLimits } from '../../app/providers/create-provider.js';
import { createRunObservers } from '../../app/run/run-observers.js';
import { createRunId } from '../../app/run/run-id.js';
import { createRunSignals } from '../../app/run-signals.js';
import { createPipelineRedactor } from '../../app/redaction.js';
import { createEventPipe } from '../../app/run/event-pipe.js';
import { readSavedPlan, assertSamePlan } from '../../app/plan/saved-plan.js';
import type { SavedPlan } from '../../app/plan/saved-plan.js';
import { createRunProviders } from '../../app/providers/run-providers.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';
import { pruneAfterRun } from '../../app/run/prune-after-run.js';
import { version } from '../../app/version.js';

interface Flags extends PlanFlags {
  readonly json?: boolean;
  readonly plan?: string;
  readonly wait?: string | true;
  readonly ifDue?: string | true;
  readonly recordCalls?: string;
  readonly definition?: string;
  readonly eventsFd?: number;
}

export function defineRun(command: Command, run: RunAction): void {
  addPlanOptions(
    command
      .command('run')
      .description('Fetch what is missing, store it and write the report')
      .argument('[pipeline]', 'a pipeline file; the only one in pipelines/ when left out'),
  )
    .option('--plan <file>', 'execute exactly this plan of pipe plan --out, or refuse because the lake has moved')
    .option(
      '--wait [duration]',
      'when another run of this pipeline is going, wait for it (10m; for ever when left out)',
    )
    .addOption(
      new Option(
        '--if-due [duration]',
        'do nothing unless a due time of its schedule has passed so lately (10m) and no run has begun since',
      ).conflicts('plan'),
    )
    .option('--record-calls <file>', 'append every provider call to this file as a JSON line, before it is made')
    .option('--json', 'one JSON document on stdout')
    // For the collector, whose runs are of what it has accepted, whatever becomes of the files.
    .addOption(new Option('--as-accepted <file>').hideHelp())
    .addOption(new Option('--events-to <descriptor>').argParser(Number).hideHelp())
    .action((file: string | undefined, flags: Flags) => run((ctx) => runCommand(file, flags, ctx)));
}

async function runCommand(file: string | undefined, flags: Flags, baseCtx: CliContext): Promise<ExitCode> {
  const definition = flags.definition === undefined ? null : await readDefinitionOrExit(flags.definition);
  const ctx = definition === null ? baseCtx : { ...baseCtx, definition: definition.texts };
  const saved = flags.plan === undefined ? null : await readSavedPlan(flags.plan);
  if (saved !== null) rejectConflictingOptions(saved, file, flags);
  const pipeline = await loadPipelineOrExit(saved?.file ?? definition?.file ?? findPipelineFile(file), ctx);
  const options = saved?.options ?? parsePlanOptions(flags, pipeline);
  const wait = parseWait(flags.wait);
  const notDueResult = flags.ifDue === undefined ? null : await checkNotDue(pipeline, flags.ifDue, ctx);
  if (notDueResult !== null) {
    if (flags.json === true) ctx.printJson(notDueResult.document);
    else ctx.info(notDueResult.message);
    return exitCode.done;
  }
  await prepareLineageFolder(ctx.lineageFolder);
  const runId = createRunId(ctx.clock.now());
  const lock = await acquirePipelineLock(pipeline.name, wait, runId, ctx);
  try {
    return await runLocked({ pipeline, options, saved, runId, flags }, ctx);
  } finally {
    await lock.release();
  }
}

/** A plan says itself what it is for: whoever says more beside it would be surprised. */
function rejectConflictingOptions(saved: SavedPlan, file: string | undefined, flags: Flags): void {
  if (file !== undefined && resolve(file) !== resolve(saved.file)) {
    throw new CliError(
      exitCode.usage,
      `${saved.path} is a plan of ${saved.file}, not of ${file}`,
      `pipe run --plan ${saved.path}`,
    );
  }
  const planOption = firstPlanOption(flags);
  if (planOption === null) return;
  throw new CliError(
    exitCode.usage,
    `${planOption} cannot be combined with --plan, which says what is fetched`,
    `plan again: pipe plan ${saved.file} ${planOption} … --out ${saved.path}`,
  );
}

/** The pipeline's lock on this lake; without one the command ends and names who holds it. */
async function acquirePipelineLock(name: string, wait: number | null, runId: string, ctx: CliContext): Promise<Lock> {
  const command = ['pipe', ...process.argv.slice(2)].join(' ');
  const options = { folder: ctx.dataFolder, name, clock: ctx.clock, holder: { runId, command } };
  let lock = await acquireLock({ ...options, wait: null });
  if (!lock.ok && wait !== null) {
    ctx.info(`${describeLockHolder(name, lock.error.holder)}; waiting for its end`);
    lock = await acquireLock({ ...options, wait });
  }
  if (lock.ok) return lock.value;
  throw new CliError(
    exitCode.locked,
    describeLockHolder(name, lock.error.holder),
    'wait for it with --wait, or see: pipe status',
  );
}

function describeLockHolder(name: string, { pid, host, since, command }: LockHolder): string {
  return `another run of ${name} is going: process ${String(pid)} on ${host}, since ${formatInstant(since)} (${command})`;
}

interface RunInput {
  readonly pipeline: Pipeline;
  readonly options: PlanOptions;
  readonly saved: SavedPlan | null;
  readonly runId: string;
  readonly flags: Flags;
}

async function runLocked({ pipeline, options, saved, runId, flags }: RunInput, ctx: CliContext): Promise<ExitCode> {
  const { clock } = ctx;
  const callLog = flags.recordCalls === undefined ? null : createCallLog(flags.recordCalls);
  const redact = await createPipelineRedactor(pipeline, ctx);
  const providers = createRunProviders({ pipeline, ctx, recordCall: callLog, emit: (event) => emit(event), redact });
  const progress =
    flags.eventsFd === undefined
      ? createProgress(ctx, () => providers.getRemainingBudgets())
      : createEventPipe(flags.eventsFd);
  const signals = createRunSignals(
    (text) => {
      // The terminal has put ^C at the cursor: the line is begun anew.
      progress.say(`\r${ctx.stderrStyle('warn', text)}`);
    },
    () => {
      progress.end();
    },
  );
  process.once('exit', killProcessGroups);
  const { record, report, outputs, lineageClient, emit } = await createRunObservers(
    {
      pipeline,
      runId,
      redact,
      progress,
      reader: { readState: () => reader.readState(), readStatistics: () => reader.readStatistics() },
      stopping: signals.stopping,
    },
    ctx,
  );
  const author = { runId, pipeline: { name: pipeline.name, hash: pipeline.hash } };
  const writer = await openLakeWriter({
    folder: ctx.dataFolder,
    author,
    clock,
    emit,
    program: `pipe/${version()}`,
    getTimeZone: (calendar) => getCalendarOrExit(calendar).timeZone,
  });
  const reader = await openLakeReader(ctx.dataFolder);
  try {
    const abandonedRuns = await withLineageFolder(ctx.lineageFolder, () =>
      closeAbandonedRuns({
        lineageFolder: ctx.lineageFolder,
        files: nodeFiles,
        lake: ctx.dataFolder,
        runId,
        now: clock.now(),
        isAlive: isProcessAlive,
      }),
    );
    for (const abandonedRun of abandonedRuns) lineageClient?.send(abandonedRun);
    const outcome = await runPipeline({
      runId,
      pipeline,
      version: version(),
      lakeFolder: ctx.dataFolder,
      writer,
      clock,
      emit,
      prepare: async () => {
        const problem = await outputs.checkReady();
        if (problem !== null && !signals.stopping.aborted)
          throw new CliError(exitCode.someFailed, `${problem}; nothing was asked`);
        const planning = await planPipeline(pipeline, reader, options, saved?.now ?? clock.now(), true);
        if (saved !== null) assertSamePlan(saved, planning.plan);
        providers.setExpectedDuration(planning.plan.estimatedMs);
        await record.started();
        return planning;
      },
      provider: async (name, asked) => {
        await outputs.checkReady();
        return providers.open(name, asked, signals.stopping);
      },
      createDeriver: ({ plan, knownState }) =>
        createDeriver({
          settings: pipeline.analytics,
          knownState,
          calendar: getCalendarOrExit,
          history: createLakeHistory(
            reader,
            pipeline.symbols.map(({ instrument }) => instrument.symbol),
            pipeline.analytics.rankDays,
            toUtcDate(plan.now),
          ),
          recordsAnswers: pipeline.steps.some(({ uses }) => uses === 'overview'),
        }),
      limits: (name) => getProviderLimits(pipeline, name),
      calendar: getCalendarOrExit,
      commandEnvironment: createCustomStepEnvironment(ctx.environment),
      stopping: signals.stopping,
      stopped: signals.stopped,
    });
    // What could not be told to somebody stands in the report.
    await outputs.finish();
    progress.end();
    if (flags.json === true) ctx.printJson(toRunDocument(runId, outcome));
    else if (ctx.verbosity !== 'quiet') ctx.print(report.text(ctx.style, ctx.terminalWidth));
    return signals.received() ?? toExitCode(outcome);
  } finally {
    await outputs.finish();
    progress.end();
    await providers.close();
    await report.write();
    await record.finish();
    await lineageClient?.finish();
    await reader.close();
    await writer.close();
    if (!signals.stopping.aborted) await pruneAfterRun(pipeline, runId, ctx);
    // Not before: a signal that comes while things are put away would leave them as they are.
    signals.dispose();
    process.off('exit', killProcessGroups);
  }
}

function parseWait(flag: string | true | undefined): number | null {
  if (flag === undefined) return null;
  if (flag === true) return Infinity;
  const duration = parseDuration(flag);
  if (duration.ok) return duration.value;
  throw new CliError(exitCode.usage, `--wait ${flag}: ${duration.error.message}`, duration.error.suggestion);
}

/** The run as scripts read it. Keys are added freely and never renamed. */
function toRunDocument(runId: string, outcome: RunOutcome): Readonly<Record<string, unknown>> {
  const { status, requests, rows, tasks, fatal } = outcome;
  return {
    runId,
    status,
    requests,
    rows,
    ...(fatal === null ? {} : { error: getMessage(fatal) }),
    tasks: tasks.map(({ reason, symbol, ...task }) => ({
      ...task,
      symbol: symbol === '' ? null : symbol,
      ...(reason === undefined ? {} : { error: reason }),
    })),
  };
}

function getMessage(failure: Failure): string {
  return failure.message;
}
