import type { FailureKind } from './failure.js';
import type { UserColumn, ColumnLineage, TableVersions } from './tables/user-tables.js';
import type { RequestId, RunId } from './request.js';
import type { DataOrigin, ProviderName } from './series.js';
import type { Dataset } from './tables/tables.js';
import type { Duration, Instant } from './time/time.js';
import type { Window } from './time/window.js';

/** How a task ended. `satisfied`: there was nothing to fetch. */
export type TaskStatus = 'ok' | 'up-to-date' | 'partial' | 'failed' | 'skipped' | 'interrupted';

/** How a run ended. */
export type RunStatus = 'ok' | 'partial' | 'failed' | 'interrupted';

/**
 * Everything that can happen in a run: the closed vocabulary. Console, log, lineage, report, metrics and alerts are
 * consumers of these and of nothing else.
 */
export type RunEvent = { readonly at: Instant; readonly runId: RunId } & RunEventBody;

export type RunEventBody =
  | {
      readonly type: 'run-started';
      readonly pipeline: {
        readonly name: string;
        readonly description: string | null;
        readonly file: string;
        readonly hash: string;
      };
      readonly version: string;
      /** The lake's folder, absolute. */
      readonly lake: string;
    }
  | {
      readonly type: 'recovered';
      readonly runs: readonly string[];
      readonly results: number;
      readonly rows: number;
      readonly tornBytes: number;
    }
  | { readonly type: 'corruption-detected'; readonly dataset: Dataset; readonly path: string; readonly problem: string }
  | {
      readonly type: 'planned';
      readonly tasks: number;
      readonly requests: number;
      readonly windows: number;
      /** Of all steps. */
      readonly estimatedRequests: number;
      readonly estimatedMs: Duration;
      readonly steps: readonly PlannedStepSummary[];
      /** Steps of the user's own; absent where there are none. */
      readonly customSteps?: readonly PlannedCustomStepSummary[];
    }
  | {
      readonly type: 'task-started';
      readonly task: string;
      readonly step: string;
      /** Empty for a step that is done once for all symbols. */
      readonly symbol: string;
      readonly requests: number;
    }
  | {
      readonly type: 'task-finished';
      readonly task: string;
      readonly step: string;
      readonly symbol: string;
      readonly status: TaskStatus;
      readonly requests: number;
      readonly rows: number;
      /** Why it failed or was skipped. */
      readonly reason?: string;
      /** What the user can do about it. */
      readonly hint?: string;
      /** Some of what it wants was refused before and is not asked for: it ended well without having everything. */
      readonly hasDeniedWindows?: true;
      readonly durationMs: Duration;
    }
  | {
      readonly type: 'rate-limited';
      readonly provider: ProviderName;
      readonly budget: string;
      readonly waitedMs: Duration;
    }
  | {
      readonly type: 'request-sent';
      readonly request: RequestId;
      readonly task: string;
      readonly provider: DataOrigin;
      readonly series: string;
      readonly window: Window | null;
    }
  | {
      readonly type: 'request-retried';
      readonly request: RequestId;
      readonly task: string;
      readonly attempt: number;
      readonly delay: Duration;
      readonly failure: FailureKind;
      readonly message: string;
    }
  | {
      readonly type: 'request-completed';
      readonly request: RequestId;
      readonly task: string;
      readonly provider: DataOrigin;
      readonly outcome: 'rows' | 'empty' | 'partial' | FailureKind;
      readonly rows: number;
      readonly durationMs: Duration;
      readonly message?: string;
    }
  | {
      readonly type: 'breaker-changed';
      readonly provider: ProviderName;
      /** The symbol that is left alone at the source, or asked for again; absent when it is the source itself. */
      readonly symbol?: string;
      readonly state: 'open' | 'half-open' | 'closed';
      /** Until when it is left alone, of one that is open. */
      readonly until?: Instant;
      /** It was left open by an earlier run. */
      readonly carriedOver?: true;
    }
  | {
      readonly type: 'committed';
      readonly dataset: Dataset;
      readonly version: number;
      readonly requests: number;
      readonly rows: number;
      readonly files: number;
      readonly bytes: number;
      readonly durationMs: Duration;
    }
  | {
      /** A table of the user's own was replaced as a whole. */
      readonly type: 'replaced';
      readonly task: string;
      readonly dataset: string;
      readonly version: number;
      readonly rows: number;
      readonly files: number;
      readonly bytes: number;
      readonly columns: readonly UserColumn[];
      /** The tables that it was made from. */
      readonly inputs: TableVersions;
      /** Null where no more is known than the tables. */
      readonly columnLineage: ColumnLineage | null;
      readonly durationMs: Duration;
    }
  | {
      readonly type: 'compacted';
      readonly dataset: Dataset;
      readonly version: number;
      readonly filesBefore: number;
      readonly filesAfter: number;
    }
  | { readonly type: 'vacuumed'; readonly dataset: Dataset; readonly files: number; readonly bytes: number }
  | { readonly type: 'warning'; readonly message: string }
  | {
      readonly type: 'run-finished';
      readonly status: RunStatus;
      readonly requests: number;
      readonly rows: number;
      readonly durationMs: Duration;
      /** What ended it, or made a source unusable, whatever other tasks did; absent when nothing did. */
      readonly reason?: string;
    };

/** A step as the plan saw it, for progress that knows its total before it starts. */
export interface PlannedStepSummary {
  readonly step: string;
  readonly dataset: Dataset;
  readonly provider: DataOrigin;
  /** The steps whose answers it builds on. */
  readonly needs: readonly string[];
  /** From the first to the last instant that it is to cover; null for tables that hold what is true now. */
  readonly span: Window | null;
  readonly tasks: number;
  readonly requests: number;
  /** Requests that can only be counted once earlier steps have answered, by estimate. */
  readonly estimatedRequests: number;
}

/** A step of the user's own as the plan saw it. */
export interface PlannedCustomStepSummary {
  readonly step: string;
  readonly uses: 'sql' | 'exec';
  /** Null for a command that makes no table. */
  readonly dataset: string | null;
  readonly needs: readonly string[];
  /** The statement, of a step that is one. */
  readonly query?: string;
}
