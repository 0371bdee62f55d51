import type { Instant } from '../../core/time/time.js';
import { readTableCoverage } from '../../lake/coverage/table-coverage.js';
import { tableFolder } from '../../lake/delta/table-log.js';
import { readLocks } from '../../lake/locks/lock.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { AlertFinding } from '../../outputs/alerts/alert-change.js';
import { createAlertStore, evaluatedSince } from '../../outputs/alerts/alert-store.js';
import { evaluateCheck } from '../../outputs/alerts/evaluate-check.js';
import type { CheckFindings } from '../../outputs/alerts/evaluate-check.js';
import { evaluateSchedule } from '../../outputs/alerts/evaluate-schedule.js';
import { createAlertLock } from './alert-lock.js';
import { getDueTimes } from './missed-runs.js';
import { createPipelineRedactor } from '../redaction.js';
import { readAllowedHosts } from '../allowed-hosts.js';
import type { AppContext } from '../context.js';

type AlertContext = Pick<AppContext, 'dataFolder' | 'clock' | 'environment'>;

export interface EvaluationOptions {
  /** The command that evaluates, which the lock names. */
  readonly command: string;
  /** The start of the pipeline's last run; null when none is recorded. */
  readonly lastStart: Instant | null;
  /** What keeps the next run from succeeding; null if that was not examined. */
  readonly risks?: readonly AlertFinding[] | null;
  /** Takes failures to notify. */
  readonly warn: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Raises or resolves the alerts of a pipeline from the findings of a lake check, and sends the notifications. */
export async function evaluatePipelineCheckAlerts(
  pipeline: Pipeline,
  checked: CheckFindings,
  warn: (message: string) => void,
  ctx: AlertContext,
): Promise<void> {
  await evaluateCheck(pipeline, checked, await createAlertDeps(pipeline, 'pipe check', warn, ctx));
}

/** Evaluates the schedule and staleness alerts of a pipeline outside of its runs, and sends the notifications. */
export async function evaluatePipelineAlerts(
  pipeline: Pipeline,
  options: EvaluationOptions,
  ctx: AlertContext,
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
    runningSince: async () =>
      (await readLocks(dataFolder)).find(
        ({ target }) => target.kind === 'pipeline' && target.pipeline === pipeline.name,
      )?.since ?? null,
    chains: () => readTableCoverage(tableFolder(dataFolder, 'chains'), 'chains'),
  });
}

async function createAlertDeps(
  pipeline: Pipeline,
  command: string,
  warn: (message: string) => void,
  ctx: AlertContext,
) {
  const redact = await createPipelineRedactor(pipeline, ctx);
  return {
    clock: ctx.clock,
    store: createAlertStore(ctx.dataFolder, nodeFiles),
    withLock: createAlertLock(ctx, command),
    allowedHosts: readAllowedHosts(ctx),
    warn: (message: string) => {
      warn(redact(message));
    },
  };
}
