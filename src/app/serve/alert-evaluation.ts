import { startAlertEvaluation } from '../../scheduler/monitoring/alert-evaluation.js';
import type { AlertEvaluation } from '../../scheduler/monitoring/alert-evaluation.js';
import type { PipelineState } from '../../scheduler/pipeline-runner.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import { evaluatePipelineAlerts } from '../alerts/evaluate-alerts.js';
import { createRunStarts } from './run-starts.js';
import type { PipelineLoader } from './pipeline-loader.js';
import type { CliContext } from '../cli-context.js';

/** What the collector gives to have its pipelines judged. */
export interface ServeEvaluationDeps {
  readonly getRunners: () => readonly PipelineState[];
  /** Has the version of each pipeline that is served, whatever its file says by now. */
  readonly loader: Pick<PipelineLoader, 'getPipeline'>;
  readonly emit: (event: ServeEvent) => void;
  readonly stopping: AbortSignal;
}

/** Judges the alerts of all that is served, and never fails: what it cannot do it says once, until it can again. */
export function startServeAlertEvaluation(
  { getRunners, loader, emit, stopping }: ServeEvaluationDeps,
  at: CliContext,
): AlertEvaluation {
  const starts = createRunStarts(at);
  const lastErrors = new Map<string, string>();

  const evaluate = async ({ pipeline: scheduled, next }: PipelineState): Promise<void> => {
    const pipeline = loader.getPipeline(scheduled);
    // One that has had all its cycles misses none.
    if (pipeline === null || next === null || pipeline.notifications.alerts === null) return;
    const { name } = scheduled;
    const messages: string[] = [];
    const warn = (message: string): void => void messages.push(message);
    try {
      await starts.refresh();
      const lastStart = await starts.last(name);
      await evaluatePipelineAlerts(pipeline, { command: 'pipe serve', lastStart, warn, signal: stopping }, at);
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
    }
    const message = messages.join('; ');
    if (message === '' || stopping.aborted) lastErrors.delete(name);
    else if (lastErrors.get(name) !== message) {
      lastErrors.set(name, message);
      emit({ at: at.clock.now(), type: 'alert-delivery-failed', pipeline: name, message });
    }
  };

  return startAlertEvaluation({ clock: at.clock, getRunners, evaluate, stopping });
}
