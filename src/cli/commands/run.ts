import { resolve } from 'node:path';

import { Option } from 'commander';
import type { Command } from 'commander';

import { omitUndefined } from '../../platform/omit-undefined.js';
import { parseDuration } from '../../core/time/duration.js';
import { acquireLock } from '../../lake/locks/lock.js';
import type { Lock, LockHeld } from '../../lake/locks/lock.js';
import { formatLockHolder } from '../output/format-lock.js';
import type { RunOutcome } from '../../run/execution.js';
import { CliError } from '../../app/cli-error.js';
import { commandLine } from '../../app/this-program.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { prepareLineageFolder } from '../../app/lineage-folder.js';
import { readDefinitionOrExit } from '../../app/pipeline/definition-snapshot.js';
import { findPipelineFile } from '../../app/pipeline/find-pipeline-files.js';
import { readSavedPlan } from '../../app/plan/saved-plan.js';
import type { SavedPlan } from '../../app/plan/saved-plan.js';
import { createEventPipe } from '../../app/run/event-pipe.js';
import { executeRun } from '../../app/run/execute-run.js';
import type { RunDisplay } from '../../app/run/execute-run.js';
import { createRunId } from '../../app/run/run-id.js';
import { checkNotDue } from '../../app/schedule/if-due.js';
import type { CliContext } from '../cli-context.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { firstPlanOption, parsePlanOptions, addPlanOptions } from '../options/plan-options.js';
import type { PlanFlags } from '../options/plan-options.js';
import { createProgress } from '../output/progress.js';
import type { RunAction } from '../run-action.js';

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
      .argument('[pipeline]', 'pipeline file [the only one in pipelines/]'),
  )
    .option('--plan <file>', 'execute a saved plan; fail if the lake changed since')
    .option('--wait [duration]', 'wait for a running run of this pipeline [no limit]')
    .addOption(
      new Option('--if-due [duration]', 'run only if due this recently and not run since [10m]').conflicts('plan'),
    )
    .option('--record-calls <file>', 'append each provider call to this file as a JSON line')
    .option('--json', 'print one JSON document')
    // Both are for the collector: its runs use the definition that it has accepted and send it their events.
    .addOption(new Option('--definition <file>').hideHelp())
    .addOption(new Option('--events-fd <descriptor>').argParser(Number).hideHelp())
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
    const logAllLevels = ctx.verbosity === 'debug';
    const callLogFile = flags.recordCalls ?? null;
    return await executeRun(
      { pipeline, options, saved, runId, callLogFile, logAllLevels },
      createRunDisplay(runId, flags, ctx),
      ctx,
    );
  } finally {
    await lock.release();
  }
}

function rejectConflictingOptions(saved: SavedPlan, file: string | undefined, flags: Flags): void {
  if (file !== undefined && resolve(file) !== resolve(saved.file)) {
    throw new CliError(
      exitCode.usage,
      `${saved.path} is a plan of ${saved.file}, not of ${file}`,
      `run it with: pipe run --plan ${saved.path}`,
    );
  }
  const planOption = firstPlanOption(flags);
  if (planOption === null) return;
  throw new CliError(
    exitCode.usage,
    `${planOption} cannot be combined with --plan, which determines what is fetched`,
    `plan again: pipe plan ${saved.file} ${planOption} … --out ${saved.path}`,
  );
}

/** Locks the pipeline on this lake; when another run holds the lock, the command ends and names it. */
async function acquirePipelineLock(name: string, wait: number | null, runId: string, ctx: CliContext): Promise<Lock> {
  const target = { kind: 'pipeline', pipeline: name } as const;
  const options = { folder: ctx.dataFolder, target, clock: ctx.clock, holder: { runId, command: commandLine() } };
  let lock = await acquireLock({ ...options, wait: null });
  if (!lock.ok && wait !== null) {
    ctx.info(`${describeLockHolder(name, lock.error)}; waiting for its end`);
    lock = await acquireLock({ ...options, wait });
  }
  if (lock.ok) return lock.value;
  throw new CliError(
    exitCode.locked,
    describeLockHolder(name, lock.error),
    'wait for it with --wait, or see: pipe status',
  );
}

function describeLockHolder(name: string, held: LockHeld): string {
  const command = held.kind === 'lock-held' ? `: ${held.holder.command}` : '';
  return `another run of ${name} is in progress (${formatLockHolder(held)}${command})`;
}

function createRunDisplay(runId: string, flags: Flags, ctx: CliContext): RunDisplay {
  return {
    createProgress: (getBudgets) =>
      flags.eventsFd === undefined ? createProgress(ctx, getBudgets) : createEventPipe(flags.eventsFd),
    onStopping(message, progress) {
      // The terminal has put ^C at the cursor: the line starts anew.
      progress.printLine(`\r${ctx.stderrStyle('warn', message)}`);
    },
    onRecordError(message, progress) {
      const text = ctx.stderrStyle('warn', message);
      if (ctx.verbosity === 'quiet') ctx.error(text);
      else progress.printLine(text);
    },
    warn: (message) => {
      ctx.info(ctx.stderrStyle('warn', message));
    },
    onFinished(outcome, report) {
      if (flags.json === true) ctx.printJson(toRunDocument(runId, outcome));
      else if (ctx.verbosity !== 'quiet') ctx.print(report.text(ctx.style, ctx.terminalWidth));
    },
  };
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
    ...(fatal === null ? {} : { error: fatal.message }),
    tasks: tasks.map(({ reason, ...task }) => ({ ...task, ...omitUndefined({ error: reason }) })),
  };
}
