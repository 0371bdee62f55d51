import type { Instant } from '../../core/time/time.js';
import { readTableCoverage } from '../../lake/coverage/table-coverage.js';
import { tableFolder } from '../../lake/delta/table-log.js';
import { readLocks } from '../../lake/locks/lock.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createAlertStore, evaluatedSince } from '../../outputs/alerts/alert-store.js';
import { evaluateCheck } from '../../outputs/alerts/evaluate-check.js';
import type { CheckFindings } from '../../outputs/alerts/evaluate-check.js';
import { evaluateSchedule } from '../../outputs/alerts/evaluate-schedule.js';
import { createAlertLock } from './alert-lock.js';
import { getDueTimes } from './missed-runs.js';
import { createPipelineRedactor } from '../redaction.js';
import type { CliContext } from '../cli-context.js';

/** What is judged from, and who hears of what could not be told. */
export interface EvaluationOptions {
  readonly command: string;
  readonly lastStart: Instant | null;
  readonly warn: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Takes in for a pipeline what a check of the lake has found, and tells those who are to hear of it. */
export async function evaluatePipelineCheckAlerts(
  pipeline: Pipeline,
  checked: CheckFindings,
  ctx: CliContext,
): Promise<void> {
  const warn = (message: string): void => {
    ctx.error(ctx.stderrStyle('warn', message));
  };
  await evaluateCheck(pipeline, checked, await createAlertDeps(pipeline, 'pipe check', warn, ctx));
}

/** Judges a pipeline without a run, beside one that may be going, and tells those who are to hear of it. */
export async function evaluatePipelineAlerts(
  pipeline: Pipeline,
  options: EvaluationOptions,
  ctx: CliContext,
): Promise<void> {
  const { dataFolder } = ctx;
  const { command, warn, ...rest } = options;
  const deps = await createAlertDeps(pipeline, command, warn, ctx);
  const schedule = getDueTimes(pipeline);
  await evaluateSchedule(pipeline, {
    ...rest,
    ...deps,
    schedule,
    evaluatedSince: schedule === null ? null : await evaluatedSince(pipeline.name, deps),
    runningSince: async () => (await readLocks(dataFolder)).find(({ name }) => name === pipeline.name)?.since ?? null,
    chains: () => readTableCoverage(tableFolder(dataFolder, 'chains'), 'chains'),
  });
}

/** What telling without a run takes. */
async function createAlertDeps(pipeline: Pipeline, command: string, warn: (message: string) => void, ctx: CliContext) {
  const redact = await createPipelineRedactor(pipeline, ctx);
  return {
    clock: ctx.clock,
    store: createAlertStore(ctx.dataFolder, nodeFiles),
    withLock: createAlertLock(ctx, command),
    warn: (message: string) => {
      warn(redact(message));
    },
  };
}
