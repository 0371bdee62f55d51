import { Option } from 'commander';
import type { Command } from 'commander';

import { parseDuration } from '../../core/time/duration.js';
import type { Duration } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import type { Lock, LockHeld } from '../../lake/locks/lock.js';
import { describeLockHeld, suggestLockRemedy } from '../output/format-lock.js';
import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { prepareLineageFolder } from '../../app/lineage-folder.js';
import { requireOutputPath } from '../../app/output-file.js';
import { readDefinitionOrExit } from '../../app/pipeline/definition-snapshot.js';
import { findPipelineFile } from '../../app/pipeline/find-pipeline-files.js';
import { requireSessions } from '../../app/plan/check-sessions.js';
import { readSavedPlan } from '../../app/plan/saved-plan.js';
import type { SavedPlan } from '../../app/plan/saved-plan.js';
import { executeRun } from '../../app/run/execute-run.js';
import { acquirePipelineLock } from '../../app/run/pipeline-lock.js';
import { createRunId } from '../../app/run/run-id.js';
import { checkNotDue } from '../../app/schedule/if-due.js';
import type { CliContext } from '../cli-context.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { parsePlanOptions, addPlanOptions } from '../options/plan-options.js';
import type { PlanFlags } from '../options/plan-options.js';
import { rejectPlanConflicts } from '../options/reject-plan-conflicts.js';
import { createRunDisplay } from '../output/run-display.js';
import type { RunAction } from '../run-action.js';

interface Flags extends PlanFlags {
  readonly json?: boolean;
  readonly plan?: string;
  readonly wait?: string | true;
  readonly ifDue?: string | true;
  readonly recordCalls?: string;
  readonly definition?: string;
  readonly collectorStart?: number;
  readonly eventsFd?: number;
}

export function defineRun(command: Command, run: RunAction): void {
  addPlanOptions(command.command('run').argument('[pipeline]', 'pipeline file [the only one in pipelines/]'))
    .option('--plan <file>', 'execute a saved plan; fail if the lake changed since')
    .option('--wait [duration]', 'wait for a running run of this pipeline [no limit]')
    .addOption(
      new Option('--if-due [duration]', 'run only if due this recently and not run since [10m]').conflicts('plan'),
    )
    .option('--record-calls <file>', 'append each provider call to this file as a JSON line')
    .option('--json', 'print one JSON document')
    // For the collector: its runs use the definition that it has accepted, continue its scenario and send it their events.
    .addOption(new Option('--definition <file>').hideHelp())
    .addOption(new Option('--collector-start <time>').argParser(Date.parse).hideHelp())
    .addOption(new Option('--events-fd <descriptor>').argParser(Number).hideHelp())
    .action((file: string | undefined, flags: Flags) => run((ctx) => runCommand(file, flags, ctx)));
}

async function runCommand(file: string | undefined, flags: Flags, baseCtx: CliContext): Promise<ExitCode> {
  const definition = flags.definition === undefined ? null : await readDefinitionOrExit(flags.definition);
  const ctx = {
    ...baseCtx,
    ...omitUndefined({ definition: definition?.texts, collectorStart: flags.collectorStart }),
  };
  const saved = flags.plan === undefined ? null : await readSavedPlan(flags.plan);
  if (saved !== null) rejectPlanConflicts(saved, file, flags);
  const pipeline = await loadPipelineOrExit(saved?.file ?? definition?.file ?? findPipelineFile(file), ctx);
  const options = saved?.options ?? parsePlanOptions(flags, pipeline);
  if (saved === null) requireSessions(pipeline, options, ctx.clock.now());
  const wait = parseWait(flags.wait);
  const notDueResult = flags.ifDue === undefined ? null : await checkNotDue(pipeline, flags.ifDue, ctx);
  if (notDueResult !== null) {
    if (flags.json === true) ctx.printJson(notDueResult.document);
    else ctx.info(notDueResult.message);
    return exitCode.done;
  }
  return runPipelineOrExit({ pipeline, options, saved, wait, json: flags.json === true, flags }, ctx);
}

/** A run of a pipeline from the command line. */
interface PipelineRun {
  readonly pipeline: Pipeline;
  readonly options: PlanOptions;
  /** The plan to execute; absent or null to plan from the lake as it is. */
  readonly saved?: SavedPlan | null;
  /** The maximum wait for another run; absent or null does not wait. */
  readonly wait?: Duration | null;
  readonly json: boolean;
  readonly flags?: Pick<Flags, 'recordCalls' | 'eventsFd'>;
}

/** Runs a pipeline while holding its lock; another run of it ends the command. */
export async function runPipelineOrExit(
  { pipeline, options, saved = null, wait = null, json, flags = {} }: PipelineRun,
  ctx: CliContext,
): Promise<ExitCode> {
  await prepareLineageFolder(ctx.lineageFolder);
  const runId = createRunId(ctx.clock.now());
  const lock = await lockOrExit(pipeline.name, wait, runId, ctx);
  try {
    const logAllLevels = ctx.verbosity === 'debug';
    const callLogFile =
      flags.recordCalls === undefined ? null : await requireOutputPath('--record-calls', flags.recordCalls, ctx);
    return await executeRun(
      { pipeline, options, saved, runId, callLogFile, logAllLevels },
      createRunDisplay(runId, { json, eventsFd: flags.eventsFd ?? null }, ctx),
      ctx,
    );
  } finally {
    await lock.release();
  }
}

async function lockOrExit(pipeline: string, wait: Duration | null, runId: string, ctx: CliContext): Promise<Lock> {
  const onWait = (held: LockHeld): void => {
    ctx.info(`${describeRunLock(pipeline, held)}; waiting for its end`);
  };
  const lock = await acquirePipelineLock({ pipeline, runId, wait, onWait }, ctx);
  if (lock.ok) return lock.value;
  throw new CliError(
    exitCode.locked,
    describeRunLock(pipeline, lock.error),
    suggestLockRemedy(
      lock.error,
      wait === null ? 'wait for it with --wait, or see: pipe status' : 'wait longer with --wait, or see: pipe status',
    ),
  );
}

function describeRunLock(name: string, held: LockHeld): string {
  const text = describeLockHeld(held);
  return held.kind === 'lock-held' && held.holder.target.kind === 'pipeline'
    ? text.replace('a run of', 'another run of')
    : `${name} cannot run: ${text}`;
}

function parseWait(flag: string | true | undefined): Duration | null {
  if (flag === undefined) return null;
  if (flag === true) return Infinity;
  const duration = parseDuration(flag);
  if (duration.ok) return duration.value;
  throw new CliError(exitCode.usage, `--wait ${flag}: ${duration.error.message}`, duration.error.suggestion);
}
