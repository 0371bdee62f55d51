import type { RunEvent } from '../core/events.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { Cycle, MissedReason } from './schedule/cycles.js';
import type { SlotUsage } from './run-slots.js';
import type { EndedCycle } from './worker.js';

/** An event of the collector: a closed vocabulary, the only source of its output, metrics and health. */
export type ServeEvent = {
  readonly at: Instant;
  /** The zone of the pipeline's schedule, for its due times; absent for intervals without market hours. */
  readonly timeZone?: string;
} & ServeEventBody;

/** A pipeline was added; `pipeline-reloaded` if it replaces an earlier version or its file was moved. */
export interface PipelineLoaded {
  readonly type: 'pipeline-loaded' | 'pipeline-reloaded';
  readonly pipeline: string;
  readonly file: string;
  readonly next: Instant | null;
  /** The market whose hours the schedule follows, if it is closed now: the pipeline does nothing until it opens. */
  readonly closedMarket?: { readonly market: string; readonly providers: readonly string[] };
}

/** A new or edited file is invalid. The last valid version of its pipeline, if any, stays active. */
export interface PipelineRejected {
  readonly type: 'pipeline-rejected';
  readonly file: string;
  readonly message: string;
  readonly activePipeline: string | null;
}

/** An invalid file was deleted. */
export interface RejectionCleared {
  readonly type: 'rejection-cleared';
  readonly file: string;
}

export interface PipelineRemoved {
  readonly type: 'pipeline-removed';
  readonly pipeline: string;
  readonly file: string;
  readonly reason: string;
}

/** A valid file has no schedule. */
export interface PipelineUnscheduled {
  readonly type: 'pipeline-unscheduled';
  readonly pipeline: string;
  readonly file: string;
}

/** A cycle is due and waits, because as many runs as allowed are in progress. */
export interface CycleQueued extends SlotUsage {
  readonly type: 'cycle-queued';
  readonly pipeline: string;
  readonly cycle: Cycle;
}

export interface CycleStarted {
  readonly type: 'cycle-started';
  readonly pipeline: string;
  readonly cycle: Cycle;
  /** When the cycle began to wait for a free slot; absent if one was free. */
  readonly queuedSince?: Instant;
}

/** A run of a collector that was killed is still in progress; its pipeline waits for it. */
export interface OrphanRunFound {
  readonly type: 'orphan-run-found';
  readonly pipeline: string;
  readonly cycle: Cycle;
  readonly since: Instant;
}

export interface OrphanRunEnded {
  readonly type: 'orphan-run-ended';
  readonly pipeline: string;
  readonly cycle: Cycle;
  readonly next: Instant | null;
}

export interface CycleEnded extends EndedCycle {
  readonly type: 'cycle-ended';
  readonly pipeline: string;
  readonly trigger: Cycle['trigger'];
  readonly next: Instant | null;
}

/** Consecutive due times get no run. */
export interface RunsMissed {
  readonly type: 'runs-missed';
  readonly pipeline: string;
  readonly reason: MissedReason;
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
  /** Explains the reason in this case, such as the failure that opened a circuit. */
  readonly detail?: string;
}

/** Forwards an event of a run. */
export interface RunEventReceived {
  readonly type: 'run-event';
  readonly pipeline: string;
  readonly event: RunEvent;
}

/** The state of a pipeline could not be saved: a restart would not know which runs were missed. */
export interface StateSaveFailed {
  readonly type: 'state-save-failed';
  readonly pipeline: string;
  readonly message: string;
}

/** Alerts could not be evaluated or sent outside a run. Not repeated until it succeeds or fails differently. */
export interface AlertDeliveryFailed {
  readonly type: 'alert-delivery-failed';
  readonly pipeline: string;
  readonly message: string;
}

/** A check of the lake on its schedule has ended. */
export interface CheckEnded extends CheckSummary {
  readonly type: 'check-ended';
  readonly pipeline: string;
}

/** The result of a check of the lake. */
export interface CheckSummary {
  readonly startedAt: Instant;
  readonly durationMs: Duration;
  /** Null if the check did not end by itself. */
  readonly findings: { readonly errors: number; readonly warnings: number } | null;
  /** Why it has no findings; null if it has. */
  readonly problem: string | null;
}

export interface ShuttingDown {
  readonly type: 'shutting-down';
  /** The pipelines with a run in progress. */
  readonly running: readonly string[];
}

export type ServeEventBody =
  | PipelineLoaded
  | PipelineRejected
  | RejectionCleared
  | PipelineRemoved
  | PipelineUnscheduled
  | CycleQueued
  | CycleStarted
  | OrphanRunFound
  | OrphanRunEnded
  | CycleEnded
  | RunsMissed
  | RunEventReceived
  | StateSaveFailed
  | AlertDeliveryFailed
  | CheckEnded
  | ShuttingDown;
