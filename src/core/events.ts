import type { Absence } from './absence.js';
import type { FailureKind } from './failure.js';
import type { ClosedWindow } from './fetch-result.js';
import type { UserColumn, ColumnLineage, TableVersions } from './tables/user-tables.js';
import type { CallParameters, RequestId, RunId } from './request.js';
import type { QualityKind } from './quality/quality-rule.js';
import type { DataOrigin, ProviderName } from './series.js';
import type { Dataset } from './tables/tables.js';
import type { Duration, Instant } from './time/time.js';
import type { Window } from './time/window.js';
import type { RevisionKind } from './revisions/describe-comparison.js';

/** The final status of a task. `up-to-date`: there was nothing to fetch. */
export type TaskStatus = 'ok' | 'up-to-date' | 'partial' | 'failed' | 'skipped' | 'cancelled';

/** The final status of a run. */
export type RunStatus = 'ok' | 'partial' | 'failed' | 'cancelled';

/** The pipeline of a run. */
export interface PipelineRef {
  readonly name: string;
  readonly description: string | null;
  readonly file: string;
  readonly hash: string;
}

export interface RunStarted {
  readonly type: 'run-started';
  readonly pipeline: PipelineRef;
  readonly version: string;
  /** The lake's folder, absolute. */
  readonly lake: string;
}

/** Results that earlier runs received and did not commit were committed. */
export interface SpoolRecovered {
  readonly type: 'spool-recovered';
  readonly runs: readonly string[];
  readonly results: number;
  readonly rows: number;
  /** Bytes of records that a crash left incomplete. */
  readonly tornBytes: number;
}

export interface CorruptionDetected {
  readonly type: 'corruption-detected';
  readonly dataset: Dataset;
  readonly path: string;
  readonly problem: string;
}

export interface Planned {
  readonly type: 'planned';
  readonly tasks: number;
  readonly requests: number;
  readonly windows: number;
  /** The estimate for all steps. */
  readonly estimatedRequests: number;
  readonly estimatedMs: Duration;
  readonly steps: readonly PlannedStepSummary[];
  /** Absent if the pipeline has no custom steps. */
  readonly customSteps?: readonly PlannedCustomStepSummary[];
}

export interface TaskStarted {
  readonly type: 'task-started';
  readonly task: string;
  readonly step: string;
  /** Null for a step that runs once for all symbols. */
  readonly symbol: string | null;
  readonly requests: number;
  /** The tables that a custom step reads, with their versions; absent for other steps. */
  readonly inputs?: TableVersions;
}

export interface TaskFinished {
  readonly type: 'task-finished';
  readonly task: string;
  readonly step: string;
  /** Null for a step that runs once for all symbols. */
  readonly symbol: string | null;
  readonly status: TaskStatus;
  readonly requests: number;
  readonly rows: number;
  /** The reason for a failure or a skip. */
  readonly reason?: string;
  /** The next step for the user. */
  readonly hint?: string;
  /** Wanted windows that the lake lacks and the task did not request. With one that is not accepted it is never `ok` or `up-to-date`. */
  readonly absences: readonly Absence[];
  readonly durationMs: Duration;
}

/** Requests begin to wait for a budget, for ten seconds or longer. `rate-limited` follows at the end of each wait. */
export interface RateLimitReached {
  readonly type: 'rate-limit-reached';
  readonly provider: ProviderName;
  readonly budget: string;
  /** The requests that wait. */
  readonly requests: number;
  /** Until the next of them may be sent. */
  readonly waitMs: Duration;
}

/** A request waited for a budget. */
export interface RateLimited {
  readonly type: 'rate-limited';
  readonly provider: ProviderName;
  readonly budget: string;
  readonly waitedMs: Duration;
}

export interface RequestSent {
  readonly type: 'request-sent';
  readonly request: RequestId;
  readonly task: string;
  readonly provider: DataOrigin;
  readonly series: string;
  readonly window: Window | null;
}

/** Another run on the same lake requested the series at the same time: its answer is used, and no request is sent. */
export interface RequestShared {
  readonly type: 'request-shared';
  readonly request: RequestId;
  readonly task: string;
  readonly provider: ProviderName;
  readonly series: string;
  /** The run that received the answer, and stores it. */
  readonly run: RunId;
}

export interface RequestRetried {
  readonly type: 'request-retried';
  readonly request: RequestId;
  readonly task: string;
  readonly attempt: number;
  readonly delay: Duration;
  readonly failure: FailureKind;
  readonly message: string;
}

/** The result of a request, in one word. */
export type RequestOutcome = 'rows' | 'empty' | 'partial' | FailureKind;

export interface RequestCompleted {
  readonly type: 'request-completed';
  readonly request: RequestId;
  readonly task: string;
  readonly provider: DataOrigin;
  readonly outcome: RequestOutcome;
  readonly rows: number;
  readonly durationMs: Duration;
  readonly message?: string;
  /** The windows of a table of spans that it closed, as they were stored; absent if it closed none. */
  readonly closed?: readonly ClosedWindow[];
  /** What its calls asked the provider, in its own terms, each once; absent if the provider does not say it. */
  readonly sent?: readonly CallParameters[];
}

/** A second answer for stored bars differs from them. */
export interface RevisionDetected {
  readonly type: 'revision-detected';
  readonly request: RequestId;
  readonly task: string;
  readonly provider: ProviderName;
  readonly series: string;
  readonly kind: RevisionKind;
  /** New price divided by stored price; null for a revision. */
  readonly ratio: number | null;
  /** What differs, in one line. */
  readonly detail: string;
  /** False for a revision within one step of the last digit. */
  readonly isMaterial: boolean;
  /** Number of stored sessions on the earlier price scale. */
  readonly rescaledSessions: number;
  /** Number of requests with which this run brings them to the new scale. */
  readonly restatementRequests: number;
}

export interface BreakerChanged {
  readonly type: 'breaker-changed';
  readonly provider: ProviderName;
  /** Absent if the breaker is that of the whole provider. */
  readonly symbol?: string;
  readonly state: BreakerStateName;
  /** The instant at which an open breaker becomes half-open. */
  readonly until?: Instant;
  /** The message of the first of the failures that opened the circuit. */
  readonly cause?: string;
  /** True if an earlier run opened the circuit. */
  readonly carriedOver: boolean;
}

export type BreakerStateName = 'open' | 'half-open' | 'closed';

export interface Committed {
  readonly type: 'committed';
  readonly dataset: Dataset;
  readonly version: number;
  readonly requests: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly durationMs: Duration;
  /** The run that received the results, if this run only commits what that one left behind. */
  readonly recoveredFrom?: { readonly runId: RunId; readonly pipeline: string };
}

/** A custom step replaced its whole table. */
export interface TableReplaced {
  readonly type: 'table-replaced';
  readonly task: string;
  readonly dataset: string;
  readonly version: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly columns: readonly UserColumn[];
  /** The tables that it was computed from. */
  readonly inputs: TableVersions;
  /** Null if only the input tables are known. */
  readonly columnLineage: ColumnLineage | null;
  readonly durationMs: Duration;
}

/** A step imported the rows of a file. */
export interface FileImported {
  readonly type: 'file-imported';
  readonly task: string;
  /** As the pipeline names it. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly dataset: Dataset;
  readonly provider: ProviderName;
  /** Rows of the file; each is stored, left out or rejected. */
  readonly rows: number;
  readonly storedRows: number;
  /** Rows that are left out, by the reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly rejectedRows: number;
  /** The first of the rejected lines. */
  readonly rejected: readonly { readonly line: number; readonly problem: string }[];
  /** What stored bars of the same sessions say, one line for each provider and symbol. */
  readonly comparisons: readonly string[];
  readonly durationMs: Duration;
}

export interface Compacted {
  readonly type: 'compacted';
  readonly dataset: Dataset;
  readonly version: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
}

export interface Vacuumed {
  readonly type: 'vacuumed';
  readonly dataset: Dataset;
  readonly files: number;
  readonly bytes: number;
}

/** A quality rule was applied to what the run has changed. */
export interface QualityChecked {
  readonly type: 'quality-checked';
  readonly rule: string;
  readonly kind: QualityKind;
  readonly dataset: Dataset;
  /** Null for a rule that examines several columns. */
  readonly column: string | null;
  readonly severity: 'warning' | 'error';
  /** Rows, sessions or symbols that violate it. */
  readonly violations: number;
  /** Rows that were moved into quarantine. */
  readonly quarantined: number;
  /** Quarantined rows whose windows are requested again. */
  readonly gaps: number;
  readonly durationMs: Duration;
  /** Why the rule, or its action, could not be applied; absent if it was. */
  readonly problem?: string;
}

/** A sink received what changed in its tables; without rows if nothing did. */
export interface SinkDelivered {
  readonly type: 'sink-delivered';
  readonly sink: string;
  readonly rows: number;
  /** Rows that the target did not take. */
  readonly refused: number;
  /** The tables that changed, with the versions that the copy has now. */
  readonly versions: TableVersions;
  readonly durationMs: Duration;
}

/** A sink received nothing, or not everything; the next run delivers what is missing. */
export interface SinkFailed {
  readonly type: 'sink-failed';
  readonly sink: string;
  readonly message: string;
  /** The next step for the user. */
  readonly hint: string;
  /** Consecutive failed deliveries, with this one. */
  readonly failures: number;
}

export interface Warning {
  readonly type: 'warning';
  readonly message: string;
}

export interface RunFinished {
  readonly type: 'run-finished';
  readonly status: RunStatus;
  readonly requests: number;
  readonly rows: number;
  readonly durationMs: Duration;
  /** The reason why the run ended early or a provider became unusable; absent otherwise. */
  readonly reason?: string;
}

/** An event of a run. Console, log, lineage, report, metrics and alerts consume these events and nothing else. */
export type RunEventBody =
  | RunStarted
  | SpoolRecovered
  | CorruptionDetected
  | Planned
  | TaskStarted
  | TaskFinished
  | RateLimitReached
  | RateLimited
  | RequestSent
  | RequestShared
  | RequestRetried
  | RequestCompleted
  | RevisionDetected
  | BreakerChanged
  | Committed
  | TableReplaced
  | FileImported
  | Compacted
  | Vacuumed
  | QualityChecked
  | SinkDelivered
  | SinkFailed
  | Warning
  | RunFinished;

/** An event body with its time and its run. */
export type Stamped<Body extends RunEventBody> = Body & { readonly at: Instant; readonly runId: RunId };

export type RunEvent = Stamped<RunEventBody>;

/** A step as the plan saw it: progress displays know the total before the run starts. */
export interface PlannedStepSummary {
  readonly step: string;
  readonly dataset: Dataset;
  readonly provider: DataOrigin;
  /** The steps whose results it needs. */
  readonly needs: readonly string[];
  /** From the first to the last instant to cover; null for tables that hold the current state. */
  readonly span: Window | null;
  readonly tasks: number;
  readonly requests: number;
  /** Estimate of the requests that can only be counted once earlier steps have finished. */
  readonly estimatedRequests: number;
}

/** A custom step as the plan saw it. */
export interface PlannedCustomStepSummary {
  readonly step: string;
  readonly uses: 'sql' | 'exec' | 'import';
  /** Null for a command that creates no table. */
  readonly dataset: string | null;
  readonly needs: readonly string[];
  /** The statement of a `sql` step. */
  readonly query?: string;
}
