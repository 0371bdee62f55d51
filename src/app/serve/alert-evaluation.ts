import { startAlertEvaluation } from '../../scheduler/monitoring/alert-evaluation.js';
import type { AlertEvaluation } from '../../scheduler/monitoring/alert-evaluation.js';
import type { PipelineState } from '../../scheduler/pipeline-runner.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import { errorMessage } from '../../platform/error-message.js';
import { minute } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { readRiskFindings } from '../alerts/risk-findings.js';
import { evaluatePipelineAlerts } from '../alerts/evaluate-alerts.js';
import { createRunStarts } from './run-starts.js';
import type { PipelineLoader } from './pipeline-loader.js';
import type { AppContext } from '../context.js';

/** Risks change slowly, and finding them reads the records of the last runs. */
const riskInterval: Duration = 5 * minute;

export interface ServeEvaluationDeps {
  readonly getRunners: () => readonly PipelineState[];
  /** Gives the active version of each pipeline, which may differ from its file. */
  readonly loader: Pick<PipelineLoader, 'getPipeline'>;
  readonly emit: (event: ServeEvent) => void;
  readonly stopping: AbortSignal;
}

/** Evaluates the alerts of all pipelines. A failure is emitted once, until it is over or differs. */
export function startServeAlertEvaluation(
  { getRunners, loader, emit, stopping }: ServeEvaluationDeps,
  ctx: AppContext,
): AlertEvaluation {
  const starts = createRunStarts(ctx);
  const lastErrors = new Map<string, string>();
  const lastRisks = new Map<string, Instant>();

  const evaluate = async ({ pipeline: scheduled, next }: PipelineState): Promise<void> => {
    const pipeline = loader.getPipeline(scheduled);
    // A pipeline without further due times misses none.
    if (pipeline === null || next === null || pipeline.notifications.alerts === null) return;
    const { name } = scheduled;
    const messages: string[] = [];
    const warn = (message: string): void => void messages.push(message);
    try {
      await starts.refresh();
      const lastStart = await starts.last(name);
      const now = ctx.clock.now();
      const isRiskDue = now - (lastRisks.get(name) ?? -Infinity) >= riskInterval;
      if (isRiskDue) lastRisks.set(name, now);
      const risks = isRiskDue ? await readRiskFindings(pipeline, ctx) : null;
      await evaluatePipelineAlerts(pipeline, { command: 'pipe serve', lastStart, warn, signal: stopping, risks }, ctx);
    } catch (error) {
      warn(errorMessage(error));
    }
    const message = messages.join('; ');
    if (message === '' || stopping.aborted) lastErrors.delete(name);
    else if (lastErrors.get(name) !== message) {
      lastErrors.set(name, message);
      emit({ at: ctx.clock.now(), type: 'alert-delivery-failed', pipeline: name, message });
    }
  };

  return startAlertEvaluation({ clock: ctx.clock, getRunners, evaluate, stopping });
}
