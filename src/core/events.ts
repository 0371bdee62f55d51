import type { FailureKind } from './failure.js';
import type { OwnColumn, StatementOrigins, TableVersions } from './own-tables.js';
import type { RequestId, RunId } from './request.js';
import type { AnswererName, ProviderName } from './series.js';
import type { Dataset } from './tables.js';
import type { Duration, Instant } from './time.js';
import type { Window } from './window.js';

/** How a task ended. `satisfied`: there was nothing to fetch. */
export type TaskStatus = 'ok' | 'satisfied' | 'partial' | 'failed' | 'skipped' | 'interrupted';

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
      readonly deliveries: number;
      readonly rows: number;
      readonly tornBytes: number;
    }
  | { readonly type: 'damage-found'; readonly dataset: Dataset; readonly path: string; readonly problem: string }
  | {
      readonly type: 'planned';
      readonly tasks: number;
      readonly requests: number;
      readonly windows: number;
      /** Of all steps. */
      readonly estimatedRequests: number;
      readonly estimated: Duration;
      readonly steps: readonly PlannedStep[];
      /** Steps of the user's own; absent where there are none. */
      readonly own?: readonly PlannedOwnStep[];
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
      readonly remedy?: string;
      /** Some of what it wants was refused before and is not asked for: it ended well without having everything. */
      readonly refused?: true;
      readonly took: Duration;
    }
  | {
      readonly type: 'budget-waited';
      readonly provider: ProviderName;
      readonly budget: string;
      readonly waited: Duration;
    }
  | {
      readonly type: 'request-sent';
      readonly request: RequestId;
      readonly task: string;
      readonly provider: AnswererName;
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
      readonly type: 'request-answered';
      readonly request: RequestId;
      readonly task: string;
      readonly provider: AnswererName;
      readonly outcome: 'rows' | 'empty' | 'partial' | FailureKind;
      readonly rows: number;
      readonly took: Duration;
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
      readonly inherited?: true;
    }
  | {
      readonly type: 'committed';
      readonly dataset: Dataset;
      readonly version: number;
      readonly requests: number;
      readonly rows: number;
      readonly files: number;
      readonly bytes: number;
      readonly took: Duration;
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
      readonly columns: readonly OwnColumn[];
      /** The tables that it was made from. */
      readonly inputs: TableVersions;
      /** Null where no more is known than the tables. */
      readonly origins: StatementOrigins | null;
      readonly took: Duration;
    }
  | {
      readonly type: 'compacted';
      readonly dataset: Dataset;
      readonly version: number;
      readonly filesBefore: number;
      readonly filesAfter: number;
    }
  | { readonly type: 'vacuumed'; readonly dataset: Dataset; readonly files: number; readonly bytes: number }
  | { readonly type: 'warned'; readonly message: string }
  | {
      readonly type: 'run-finished';
      readonly status: RunStatus;
      readonly requests: number;
      readonly rows: number;
      readonly took: Duration;
      /** What ended it, or made a source unusable, whatever other tasks did; absent when nothing did. */
      readonly reason?: string;
    };

/** A step as the plan saw it, for progress that knows its total before it starts. */
export interface PlannedStep {
  readonly step: string;
  readonly dataset: Dataset;
  readonly provider: AnswererName;
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
export interface PlannedOwnStep {
  readonly step: string;
  readonly uses: 'sql' | 'exec';
  /** Null for a command that makes no table. */
  readonly dataset: string | null;
  readonly needs: readonly string[];
  /** The statement, of a step that is one. */
  readonly query?: string;
}
