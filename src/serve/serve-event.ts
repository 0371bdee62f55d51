import type { RunEvent } from '../core/events.js';
import type { Instant } from '../core/time.js';
import type { Cycle, MissedReason } from './cycles.js';
import type { EndedCycle } from './worker.js';

/**
 * Everything that can happen in a collector: a closed vocabulary. What it prints, measures and answers about its health is
 * made from these and from nothing else.
 */
export type ServeEvent = { readonly at: Instant } & ServeEventBody;

export type ServeEventBody =
  | {
      readonly type: 'pipeline-taken';
      readonly pipeline: string;
      readonly file: string;
      /** Whether it replaces what was there before. */
      readonly changed: boolean;
      readonly next: Instant | null;
    }
  /** An edit, or a new file, that cannot be used; what was there before goes on. */
  | { readonly type: 'pipeline-refused'; readonly file: string; readonly words: string; readonly keeps: string | null }
  /** A file that could not be used is gone. */
  | { readonly type: 'refusal-over'; readonly file: string }
  | { readonly type: 'pipeline-dropped'; readonly pipeline: string; readonly file: string; readonly why: string }
  | { readonly type: 'pipeline-unscheduled'; readonly pipeline: string; readonly file: string }
  | { readonly type: 'cycle-started'; readonly pipeline: string; readonly cycle: Cycle }
  /** The run of a collector that was killed goes on, and is waited for. */
  | { readonly type: 'run-outlived'; readonly pipeline: string; readonly cycle: Cycle; readonly since: Instant }
  | { readonly type: 'outlived-ended'; readonly pipeline: string; readonly cycle: Cycle; readonly next: Instant | null }
  | ({
      readonly type: 'cycle-ended';
      readonly pipeline: string;
      readonly why: Cycle['why'];
      readonly next: Instant | null;
    } & EndedCycle)
  | {
      readonly type: 'cycles-missed';
      readonly pipeline: string;
      readonly reason: MissedReason;
      readonly count: number;
      readonly first: Instant;
      readonly last: Instant;
    }
  /** What happened in a run. */
  | { readonly type: 'run-event'; readonly pipeline: string; readonly event: RunEvent }
  /** The collector cannot remember what it has done: a restart would not know what was missed. */
  | { readonly type: 'state-unwritten'; readonly pipeline: string; readonly message: string }
  /** What was to be judged or told without a run could not be; said once, until it can be again. */
  | { readonly type: 'alerts-untold'; readonly pipeline: string; readonly message: string }
  | { readonly type: 'stopping'; readonly running: readonly string[] };
