import type { RunEvent } from '../core/events.js';
import type { Instant } from '../core/time/time.js';
import type { Cycle, MissedReason } from './schedule/cycles.js';
import type { EndedCycle } from './worker.js';

/**
 * Everything that can happen in a collector: a closed vocabulary. What it prints, measures and answers about its health is
 * made from these and from nothing else.
 */
export type ServeEvent = { readonly at: Instant } & ServeEventBody;

export type ServeEventBody =
  | {
      readonly type: 'pipeline-loaded';
      readonly pipeline: string;
      readonly file: string;
      /** Whether it replaces what was there before. */
      readonly changed: boolean;
      readonly next: Instant | null;
    }
  /** An edit, or a new file, that cannot be used; what was there before goes on. */
  | {
      readonly type: 'pipeline-rejected';
      readonly file: string;
      readonly message: string;
      readonly activePipeline: string | null;
    }
  /** A file that could not be used is gone. */
  | { readonly type: 'rejection-cleared'; readonly file: string }
  | { readonly type: 'pipeline-removed'; readonly pipeline: string; readonly file: string; readonly why: string }
  | { readonly type: 'pipeline-unscheduled'; readonly pipeline: string; readonly file: string }
  | { readonly type: 'cycle-started'; readonly pipeline: string; readonly cycle: Cycle }
  /** The run of a collector that was killed goes on, and is waited for. */
  | { readonly type: 'orphan-run-found'; readonly pipeline: string; readonly cycle: Cycle; readonly since: Instant }
  | {
      readonly type: 'orphan-run-ended';
      readonly pipeline: string;
      readonly cycle: Cycle;
      readonly next: Instant | null;
    }
  | ({
      readonly type: 'cycle-ended';
      readonly pipeline: string;
      readonly why: Cycle['why'];
      readonly next: Instant | null;
    } & EndedCycle)
  | {
      readonly type: 'runs-missed';
      readonly pipeline: string;
      readonly reason: MissedReason;
      readonly count: number;
      readonly first: Instant;
      readonly last: Instant;
    }
  /** What happened in a run. */
  | { readonly type: 'run-event'; readonly pipeline: string; readonly event: RunEvent }
  /** The collector cannot remember what it has done: a restart would not know what was missed. */
  | { readonly type: 'state-save-failed'; readonly pipeline: string; readonly message: string }
  /** What was to be judged or told without a run could not be; said once, until it can be again. */
  | { readonly type: 'alert-delivery-failed'; readonly pipeline: string; readonly message: string }
  | { readonly type: 'stopping'; readonly running: readonly string[] };
