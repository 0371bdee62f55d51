import type { RunEvent } from '../core/events.js';
import type { Instant } from '../core/time/time.js';
import type { CycleSummary } from './run-counter.js';

/** One run that a collector wants made. */
export interface RunRequest {
  readonly pipeline: string;
  readonly file: string;
  /** Whether it may wait for another run of the pipeline that somebody else has started. */
  readonly waitForLock: boolean;
}

/** How cycles end, in the terms of the exit codes of `pipe run`. */
export const cycleOutcomes = [
  'ok',
  'partial',
  'provider',
  'storage',
  'locked',
  'refused',
  'interrupted',
  'crashed',
] as const;
export type CycleOutcome = (typeof cycleOutcomes)[number];

/** The end of a run. */
export interface WorkerEnd {
  readonly outcome: CycleOutcome;
  /** What it said last, where that explains the outcome; null when there is nothing to explain. */
  readonly reason: string | null;
}

/** A run under way. */
export interface Worker {
  /** Resolves when the run is over, however it ended. */
  readonly ended: Promise<WorkerEnd>;
  /** Asks it to let what is under way end, to store it and to end. */
  stop(): void;
  /** Ends it at once; what it received is on disk already. */
  kill(): void;
}

/** Starts runs somewhere: in a process of their own, or, for tests, nowhere. */
export type StartWorker = (request: RunRequest, onEvent: (event: RunEvent) => void) => Worker;

/** A cycle that has ended. */
export interface EndedCycle extends CycleSummary {
  readonly due: Instant;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly outcome: CycleOutcome;
  readonly reason: string | null;
}
