import type { Clock } from '../../core/time/clock.js';
import { minute, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { PipelineState } from '../pipeline-runner.js';
import type { ServeEvent } from '../serve-event.js';

/** What judging the pipelines of a collector takes. */
export interface AlertEvaluationDeps {
  readonly clock: Clock;
  /** The pipelines there are now. */
  readonly getRunners: () => readonly PipelineState[];
  /** Judges one; what it cannot do it says itself. */
  readonly evaluate: (runner: PipelineState) => Promise<void>;
  /** When it aborts nothing more is judged. */
  readonly stopping: AbortSignal;
}

/** Judges pipelines again and again for what no run is there to see: that there was none. */
export interface AlertEvaluation {
  /** Takes an event of the collector; never waits, never throws. */
  take(event: ServeEvent): void;
  /** Resolves when nothing is being judged any more. */
  readonly done: Promise<void>;
}

const evaluationInterval: Duration = minute;

/** However often something happens to a pipeline, it is not judged sooner than this after the last time. */
const minInterval: Duration = 5 * second;

export function startAlertEvaluation({ clock, getRunners, evaluate, stopping }: AlertEvaluationDeps): AlertEvaluation {
  const openedAt = clock.now();
  /** When each pipeline is judged next, and when it last was. */
  const next = new Map<string, Instant>();
  const last = new Map<string, Instant>();
  const inFlight = new Map<string, Promise<void>>();
  let wake = new AbortController();

  /** Each for itself: a channel that answers late holds up its own pipeline and no other. */
  const startEvaluation = (runner: PipelineState): void => {
    const { name } = runner.pipeline;
    if (inFlight.has(name)) return;
    const evaluation = evaluate(runner).finally(() => {
      inFlight.delete(name);
    });
    inFlight.set(name, evaluation);
    last.set(name, clock.now());
    next.set(name, clock.now() + evaluationInterval);
  };

  const evaluateDue = (): Instant => {
    let nextDue = clock.now() + evaluationInterval;
    const current = getRunners();
    for (const runner of current) {
      const { name } = runner.pipeline;
      // What is due at the start of the collector is given time to begin.
      const due = next.get(name) ?? openedAt + evaluationInterval;
      if (due <= clock.now()) startEvaluation(runner);
      else nextDue = Math.min(nextDue, due);
    }
    const names = new Set(current.map(({ pipeline }) => pipeline.name));
    for (const known of [next, last]) for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    return nextDue;
  };

  const loop = async (): Promise<void> => {
    const isStopped = (): boolean => stopping.aborted;
    const stop = (): void => wake.abort();
    stopping.addEventListener('abort', stop, { once: true });
    while (!isStopped()) {
      const nextDue = evaluateDue();
      await clock.sleepUntil(nextDue, wake.signal).catch((error: unknown) => {
        if (!wake.signal.aborted) throw error;
      });
      if (wake.signal.aborted) wake = new AbortController();
    }
    stopping.removeEventListener('abort', stop);
    await Promise.all(inFlight.values());
  };

  return {
    done: loop(),
    take(event) {
      if (!isMissOrFailure(event)) return;
      const dueAt = Math.max(clock.now(), (last.get(event.pipeline) ?? -Infinity) + minInterval);
      next.set(event.pipeline, Math.min(dueAt, next.get(event.pipeline) ?? Infinity));
      wake.abort();
    },
  };
}

/** Whether a due time has passed without having been run well. */
function isMissOrFailure(event: ServeEvent): event is Extract<ServeEvent, { type: 'runs-missed' | 'cycle-ended' }> {
  return event.type === 'runs-missed' || (event.type === 'cycle-ended' && event.outcome !== 'ok');
}
