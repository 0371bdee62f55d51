import { resolve } from 'node:path';

import { Option } from 'commander';
import type { Command } from 'commander';

import { parseDuration } from '../core/duration.js';
import type { Failure } from '../core/failure.js';
import { isoInstant, utcDate } from '../core/time.js';
import { lakeBackground } from '../derive/background.js';
import { computing } from '../derive/computing.js';
import { acquireLock } from '../lake/lock.js';
import type { Lock } from '../lake/lock.js';
import type { LockHolder } from '../lake/lock-file.js';
import { openLakeReader } from '../lake/reader.js';
import { openLakeWriter } from '../lake/writer.js';
import { diskFiles } from '../lineage/files.js';
import { closeAbandonedRuns } from '../lineage/close-abandoned.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { PlanOptions } from '../plan/options.js';
import { runPipeline } from '../run/run-pipeline.js';
import type { RunOutcome } from '../run/run-pipeline.js';
import { endCommandGroups } from '../tell/command-group.js';
import { acceptedOrStop } from './accepted-files.js';
import { calendarNamed } from './calendars.js';
import { callRecorder } from './call-recorder.js';
import { commandSurroundings } from './command-surroundings.js';
import { exitCode, exitCodeOf } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { notDue } from './if-due.js';
import { inLineage, prepareLineageFolder } from './lineage-folder.js';
import { loadOrStop, pipelineFile } from './pipeline-file.js';
import { isProcessAlive } from './process-alive.js';
import { narrowingOption, planOptions, withPlanOptions } from './plan-options.js';
import type { PlanFlags } from './plan-options.js';
import { planPipeline } from './planning.js';
import { showProgress } from './progress.js';
import { limitsFor } from './providers.js';
import { runHearers } from './run-hearers.js';
import { newRunId } from './run-id.js';
import { runSignals } from './run-signals.js';
import { redactorFor } from './secrets.js';
import { sentEvents } from './sent-events.js';
import { readSavedPlan, refuseUnlessSame } from './saved-plan.js';
import type { SavedPlan } from './saved-plan.js';
import { sources } from './sources.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';
import { tidyAfterRun } from './tidy-after-run.js';
import { version } from './version.js';

interface Flags extends PlanFlags {
  readonly json?: boolean;
  readonly plan?: string;
  readonly wait?: string | true;
  readonly ifDue?: string | true;
  readonly recordCalls?: string;
  readonly asAccepted?: string;
  readonly eventsTo?: number;
}

export function defineRun(command: Command, run: RunAction): void {
  withPlanOptions(
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
    .action((file: string | undefined, flags: Flags) => run((at) => runCommand(file, flags, at)));
}

async function runCommand(file: string | undefined, flags: Flags, around: Surroundings): Promise<ExitCode> {
  const accepted = flags.asAccepted === undefined ? null : await acceptedOrStop(flags.asAccepted);
  const at = accepted === null ? around : { ...around, accepted: accepted.texts };
  const saved = flags.plan === undefined ? null : await readSavedPlan(flags.plan);
  if (saved !== null) refuseBesidesPlan(saved, file, flags);
  const pipeline = await loadOrStop(saved?.file ?? accepted?.file ?? pipelineFile(file), at);
  const options = saved?.options ?? planOptions(flags, pipeline);
  const wait = waitOf(flags.wait);
  const idle = flags.ifDue === undefined ? null : await notDue(pipeline, flags.ifDue, at);
  if (idle !== null) {
    if (flags.json === true) at.json(idle.document);
    else at.note(idle.words);
    return exitCode.done;
  }
  await prepareLineageFolder(at.lineageFolder);
  const runId = newRunId(at.clock.now());
  const lock = await lockFor(pipeline.name, wait, runId, at);
  try {
    return await runLocked({ pipeline, options, saved, runId, flags }, at);
  } finally {
    await lock.release();
  }
}

/** A plan says itself what it is for: whoever says more beside it would be surprised. */
function refuseBesidesPlan(saved: SavedPlan, file: string | undefined, flags: Flags): void {
  if (file !== undefined && resolve(file) !== resolve(saved.file)) {
    throw new Stop(
      exitCode.usage,
      `${saved.path} is a plan of ${saved.file}, not of ${file}`,
      `pipe run --plan ${saved.path}`,
    );
  }
  const narrowing = narrowingOption(flags);
  if (narrowing === null) return;
  throw new Stop(
    exitCode.usage,
    `${narrowing} cannot be combined with --plan, which says what is fetched`,
    `plan again: pipe plan ${saved.file} ${narrowing} … --out ${saved.path}`,
  );
}

/** The pipeline's lock on this lake; without one the command ends and names who holds it. */
async function lockFor(name: string, wait: number | null, runId: string, at: Surroundings): Promise<Lock> {
  const command = ['pipe', ...process.argv.slice(2)].join(' ');
  const options = { folder: at.dataFolder, name, clock: at.clock, holder: { runId, command } };
  let lock = await acquireLock({ ...options, wait: null });
  if (!lock.ok && wait !== null) {
    at.note(`${anotherRun(name, lock.error.holder)}; waiting for its end`);
    lock = await acquireLock({ ...options, wait });
  }
  if (lock.ok) return lock.value;
  throw new Stop(exitCode.locked, anotherRun(name, lock.error.holder), 'wait for it with --wait, or see: pipe status');
}

function anotherRun(name: string, { pid, host, since, command }: LockHolder): string {
  return `another run of ${name} is going: process ${String(pid)} on ${host}, since ${isoInstant(since)} (${command})`;
}

interface Work {
  readonly pipeline: Pipeline;
  readonly options: PlanOptions;
  readonly saved: SavedPlan | null;
  readonly runId: string;
  readonly flags: Flags;
}

async function runLocked({ pipeline, options, saved, runId, flags }: Work, at: Surroundings): Promise<ExitCode> {
  const { clock } = at;
  const recorder = flags.recordCalls === undefined ? null : callRecorder(flags.recordCalls);
  const redact = await redactorFor(pipeline, at);
  const source = sources({ pipeline, at, record: recorder, emit: (event) => emit(event), redact });
  const progress =
    flags.eventsTo === undefined ? showProgress(at, () => source.budgetsLeft()) : sentEvents(flags.eventsTo);
  const signals = runSignals(
    (text) => {
      // The terminal has put ^C at the cursor: the line is begun anew.
      progress.say(`\r${at.notePaint('warn', text)}`);
    },
    () => {
      progress.end();
    },
  );
  process.once('exit', endCommandGroups);
  const { record, report, telling, post, emit } = await runHearers(
    {
      pipeline,
      runId,
      redact,
      progress,
      reader: { state: () => reader.state(), statistics: () => reader.statistics() },
      stopping: signals.stopping,
    },
    at,
  );
  const author = { runId, pipeline: { name: pipeline.name, hash: pipeline.hash } };
  const writer = await openLakeWriter({
    folder: at.dataFolder,
    author,
    clock,
    emit,
    program: `pipe/${version()}`,
    zoneOf: (calendar) => calendarNamed(calendar).timeZone,
  });
  const reader = await openLakeReader(at.dataFolder);
  try {
    const aborts = await inLineage(at.lineageFolder, () =>
      closeAbandonedRuns({
        lineage: at.lineageFolder,
        files: diskFiles,
        lake: at.dataFolder,
        runId,
        now: clock.now(),
        isAlive: isProcessAlive,
      }),
    );
    for (const abort of aborts) post?.send(abort);
    const outcome = await runPipeline({
      runId,
      pipeline,
      version: version(),
      lake: at.dataFolder,
      writer,
      clock,
      emit,
      prepare: async () => {
        const refusal = await telling.ready();
        if (refusal !== null && !signals.stopping.aborted)
          throw new Stop(exitCode.someFailed, `${refusal}; nothing was asked`);
        const planning = await planPipeline(pipeline, reader, options, saved?.now ?? clock.now(), true);
        if (saved !== null) refuseUnlessSame(saved, planning.plan);
        source.expect(planning.plan.estimated);
        await record.begun();
        return planning;
      },
      provider: async (name, asked) => {
        await telling.ready();
        return source.open(name, asked, signals.stopping);
      },
      computing: ({ plan, knowledge }) =>
        computing({
          settings: pipeline.analytics,
          knowledge,
          calendar: calendarNamed,
          background: lakeBackground(
            reader,
            pipeline.symbols.map(({ instrument }) => instrument.symbol),
            pipeline.analytics.rankDays,
            utcDate(plan.now),
          ),
          keepsAnswers: pipeline.steps.some(({ uses }) => uses === 'overview'),
        }),
      limits: (name) => limitsFor(pipeline, name),
      calendar: calendarNamed,
      surroundings: commandSurroundings(at.environment),
      stopping: signals.stopping,
      stopped: signals.stopped,
    });
    // What could not be told to somebody stands in the report.
    await telling.finish();
    progress.end();
    if (flags.json === true) at.json(runDocument(runId, outcome));
    else if (at.verbosity !== 'quiet') at.answer(report.text(at.paint, at.width));
    return signals.received() ?? exitCodeOf(outcome);
  } finally {
    await telling.finish();
    progress.end();
    await source.close();
    await report.write();
    await record.finish();
    await post?.finish();
    await reader.close();
    await writer.close();
    if (!signals.stopping.aborted) await tidyAfterRun(pipeline, runId, at);
    // Not before: a signal that comes while things are put away would leave them as they are.
    signals.dispose();
    process.off('exit', endCommandGroups);
  }
}

function waitOf(flag: string | true | undefined): number | null {
  if (flag === undefined) return null;
  if (flag === true) return Infinity;
  const duration = parseDuration(flag);
  if (duration.ok) return duration.value;
  throw new Stop(exitCode.usage, `--wait ${flag}: ${duration.error.message}`, duration.error.suggestion);
}

/** The run as scripts read it. Keys are added freely and never renamed. */
function runDocument(runId: string, outcome: RunOutcome): Readonly<Record<string, unknown>> {
  const { status, requests, rows, tasks, fatal } = outcome;
  return {
    runId,
    status,
    requests,
    rows,
    ...(fatal === null ? {} : { error: messageOf(fatal) }),
    tasks: tasks.map(({ reason, symbol, ...task }) => ({
      ...task,
      symbol: symbol === '' ? null : symbol,
      ...(reason === undefined ? {} : { error: reason }),
    })),
  };
}

function messageOf(failure: Failure): string {
  return failure.message;
}
