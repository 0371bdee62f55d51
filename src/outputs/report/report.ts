import type { AbsenceKind } from '../../core/absence.js';
import type {
  PipelineRef,
  RequestOutcome,
  RunStatus,
  TaskStatus,
  SpoolRecovered,
  CorruptionDetected,
  BreakerStateName,
} from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import type { DataOrigin, ProviderName } from '../../core/series.js';
import type { Duration, Instant } from '../../core/time/time.js';

/** The summary of one run. Its size does not grow with the number of tasks. */
export interface RunReport {
  readonly runId: RunId;
  readonly pipeline: PipelineRef;
  readonly version: string;
  readonly lake: string;
  /** `unfinished`: the run is in progress, or its process died. */
  readonly status: RunStatus | 'unfinished';
  readonly reason: string | null;
  readonly startedAt: Instant;
  /** The end of the run, or its last event. */
  readonly endedAt: Instant;
  readonly durationMs: Duration;
  readonly planned: PlannedTotals | null;
  readonly tasks: TaskCounts;
  readonly requests: number;
  readonly rows: number;
  readonly retries: number;
  /** The number of requests by outcome. */
  readonly outcomes: readonly { readonly outcome: RequestOutcome; readonly count: number }[];
  readonly steps: readonly StepReport[];
  readonly problems: TruncatedList<ProblemGroup>;
  /** What the pipeline wants and the lake lacks, apart from the problems of this run. */
  readonly absences: readonly AbsenceReport[];
  /** Symbols whose responses had no rows, by step. */
  readonly empty: readonly EmptyReport[];
  readonly budgets: readonly BudgetReport[];
  readonly tables: readonly TableReport[];
  readonly recovered: RecoveredReport | null;
  readonly damage: TruncatedList<DamageReport>;
  readonly breakers: readonly BreakerReport[];
  /** The quality rules that were applied. */
  readonly quality: readonly QualityReport[];
  readonly warnings: TruncatedList<string>;
  readonly slowest: readonly SlowTask[];
  readonly activity: Activity;
}

/** The first items of a list, and the number of the others. */
export interface TruncatedList<T> {
  readonly first: readonly T[];
  readonly more: number;
}

export interface PlannedTotals {
  readonly tasks: number;
  readonly requests: number;
  readonly windows: number;
  /** Requests that depend on the responses to others, estimated. */
  readonly estimatedRequests: number;
  readonly estimatedMs: Duration;
}

/** The number of tasks by status; `open` tasks have not finished. */
export type TaskCounts = Readonly<Record<TaskStatus | 'open', number>>;

/** One step over all its symbols. */
export interface StepReport {
  readonly step: string;
  readonly dataset: string | null;
  readonly provider: DataOrigin | null;
  readonly needs: readonly string[];
  readonly planned: { readonly tasks: number; readonly requests: number; readonly estimatedRequests: number } | null;
  readonly tasks: TaskCounts;
  readonly requests: number;
  readonly rows: number;
  /** From the start of its first task to the end of its last; null if none started. */
  readonly span: { readonly start: Instant; readonly end: Instant } | null;
}

/** Tasks with the same status and reason. */
export interface ProblemGroup {
  readonly status: 'failed' | 'partial' | 'skipped' | 'cancelled';
  readonly steps: readonly string[];
  readonly tasks: number;
  /** With several symbols, `…` replaces the symbol in it. */
  readonly reason: string;
  readonly hint: string | null;
  readonly symbols: TruncatedList<string>;
}

/** Symbols that lack windows for the same kind of reason. */
export interface AbsenceReport {
  readonly kind: AbsenceKind;
  readonly isAccepted: boolean;
  readonly steps: readonly string[];
  readonly symbols: TruncatedList<string>;
}

export interface EmptyReport {
  readonly step: string;
  readonly symbols: TruncatedList<string>;
}

/** The waits for one rate limit. */
export interface BudgetReport {
  readonly provider: ProviderName;
  readonly budget: string;
  readonly waits: number;
  /** The sum over all requests, which wait at the same time: it may exceed the duration of the run. */
  readonly waitedMs: Duration;
  readonly maxWaitMs: Duration;
  /** The time during which at least one request waited. */
  readonly waitingMs: Duration;
}

/** The writes to one table. */
export interface TableReport {
  readonly dataset: string;
  readonly commits: number;
  /** The latest version; null if no commit was made. */
  readonly version: number | null;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly durationMs: Duration;
  /** The number of files before and after compaction. */
  readonly merged: { readonly before: number; readonly after: number } | null;
  readonly removed: { readonly files: number; readonly bytes: number } | null;
}

/** Results that crashed runs received and this run committed. */
export type RecoveredReport = Omit<SpoolRecovered, 'type'>;

/** What one quality rule found in the rows of the run. */
export interface QualityReport {
  readonly rule: string;
  readonly dataset: string;
  readonly severity: 'warning' | 'error';
  readonly violations: number;
  readonly quarantined: number;
  /** Quarantined rows whose windows are requested again. */
  readonly gaps: number;
  /** Why it could not be applied; null if it was. */
  readonly problem: string | null;
}

export type DamageReport = Omit<CorruptionDetected, 'type'>;

/** The number of times that the circuit of a provider, or of a symbol at a provider, opened, and its last state. */
export interface BreakerReport {
  readonly provider: ProviderName;
  /** Null for the provider itself. */
  readonly symbol: string | null;
  readonly opened: number;
  readonly state: BreakerStateName;
  /** The first failure that opened it; absent if it is unknown. */
  readonly cause?: string;
}

export interface SlowTask {
  readonly step: string;
  /** Null for a step that runs once for all symbols. */
  readonly symbol: string | null;
  readonly durationMs: Duration;
  readonly requests: number;
  readonly rows: number;
}

/** Responses over time, in buckets of equal width. */
export interface Activity {
  readonly start: Instant;
  readonly bucketMs: Duration;
  readonly responses: readonly number[];
}
