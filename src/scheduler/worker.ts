import type { RunEvent } from '../core/events.js';
import type { Instant } from '../core/time/time.js';
import type { CycleSummary } from './run-counter.js';

/** A request of the collector to run a pipeline. */
export interface RunRequest {
  readonly pipeline: string;
  readonly file: string;
  /** True if the run waits for a run in progress that the collector did not start. */
  readonly waitForLock: boolean;
}

/** The outcomes of cycles, derived from the exit codes of `pipe run` and the statuses of runs. */
export const cycleOutcomes = [
  'ok',
  'partial',
  'failed',
  'provider',
  'storage',
  'locked',
  'invalid-pipeline',
  'cancelled',
  'crashed',
] as const;
export type CycleOutcome = (typeof cycleOutcomes)[number];

/** The end of a run. */
export interface WorkerEnd {
  readonly outcome: CycleOutcome;
  /** Explains the outcome; null if it needs no explanation. */
  readonly reason: string | null;
}

/** A run in progress. */
export interface Worker {
  /** Resolves when the run has ended, however it ended. */
  readonly ended: Promise<WorkerEnd>;
  /** Asks the run to finish its requests in flight, store them and end. */
  stop(): void;
  /** Ends the run at once; what it received is on disk already. */
  kill(): void;
}

/** Starts a run, in a process of its own outside tests. */
export type StartWorker = (request: RunRequest, onEvent: (event: RunEvent) => void) => Worker;

/** A cycle that has ended. */
export interface EndedCycle extends CycleSummary {
  readonly due: Instant;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly outcome: CycleOutcome;
  readonly reason: string | null;
}
