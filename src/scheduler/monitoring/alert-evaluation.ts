import type { Clock } from '../../core/time/clock.js';
import { minute, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { PipelineState } from '../pipeline-runner.js';
import type { CycleEnded, RunsMissed, ServeEvent } from '../serve-event.js';
import { createSleeper } from '../sleeper.js';

export interface AlertEvaluationDeps {
  readonly clock: Clock;
  readonly getRunners: () => readonly PipelineState[];
  /** Evaluates the alerts of one pipeline; reports its errors itself. */
  readonly evaluate: (runner: PipelineState) => Promise<void>;
  /** Ends the evaluation. */
  readonly stopping: AbortSignal;
}

/** Evaluates the alerts of all pipelines periodically: a run that did not take place cannot raise an alert itself. */
export interface AlertEvaluation {
  /** Returns at once and does not throw. */
  handle(event: ServeEvent): void;
  /** Resolves when the last evaluation has ended. */
  readonly done: Promise<void>;
}

const evaluationInterval: Duration = minute;

/** Shortest time between two evaluations of a pipeline, however many events it has. */
const minInterval: Duration = 5 * second;

export function startAlertEvaluation({ clock, getRunners, evaluate, stopping }: AlertEvaluationDeps): AlertEvaluation {
  const openedAt = clock.now();
  /** The next and the last evaluation of each pipeline. */
  const next = new Map<string, Instant>();
  const last = new Map<string, Instant>();
  const inFlight = new Map<string, Promise<void>>();
  const sleeper = createSleeper(clock);

  /** Pipelines are evaluated concurrently: a slow channel delays no other pipeline. */
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
      // Runs that are due when the collector starts get time to begin.
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
    const stop = (): void => sleeper.wake();
    stopping.addEventListener('abort', stop, { once: true });
    while (!isStopped()) await sleeper.sleep(evaluateDue());
    stopping.removeEventListener('abort', stop);
    await Promise.all(inFlight.values());
  };

  return {
    done: loop(),
    handle(event) {
      if (!isMissOrFailure(event)) return;
      const dueAt = Math.max(clock.now(), (last.get(event.pipeline) ?? -Infinity) + minInterval);
      next.set(event.pipeline, Math.min(dueAt, next.get(event.pipeline) ?? Infinity));
      sleeper.wake();
    },
  };
}

/** Returns whether a due time got no run or a failed run. */
function isMissOrFailure(event: ServeEvent): event is { readonly at: Instant } & (RunsMissed | CycleEnded) {
  return event.type === 'runs-missed' || (event.type === 'cycle-ended' && event.outcome !== 'ok');
}
