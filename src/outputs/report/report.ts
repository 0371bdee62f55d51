import type { FailureKind } from '../../core/failure.js';
import type { RunStatus, TaskStatus } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import type { DataOrigin, ProviderName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Duration, Instant } from '../../core/time/time.js';

/** One run, summed up: what was planned, done and left out, and why. Its size does not grow with the number of tasks. */
export interface RunReport {
  readonly runId: RunId;
  readonly pipeline: {
    readonly name: string;
    readonly description: string | null;
    readonly file: string;
    readonly hash: string;
  };
  readonly version: string;
  readonly lake: string;
  /** `unfinished`: no end was seen; the run is under way, or its process died. */
  readonly status: RunStatus | 'unfinished';
  readonly reason: string | null;
  readonly startedAt: Instant;
  /** When it ended, or the last time anything was heard of it. */
  readonly endedAt: Instant;
  readonly durationMs: Duration;
  readonly planned: PlannedTotals | null;
  readonly tasks: TaskCounts;
  readonly requests: number;
  readonly rows: number;
  readonly retries: number;
  /** What the answers were, and how many of each. */
  readonly outcomes: readonly { readonly outcome: RequestOutcome; readonly count: number }[];
  readonly steps: readonly StepReport[];
  readonly problems: TruncatedList<ProblemGroup>;
  readonly budgets: readonly BudgetReport[];
  readonly tables: readonly TableReport[];
  readonly recovered: RecoveredReport | null;
  readonly damage: TruncatedList<DamageReport>;
  readonly breakers: readonly BreakerReport[];
  readonly warnings: TruncatedList<string>;
  readonly slowest: readonly SlowTask[];
  readonly activity: Activity;
}

export type RequestOutcome = 'rows' | 'empty' | 'partial' | FailureKind;

/** A list that is cut off, and by how much. */
export interface TruncatedList<T> {
  readonly first: readonly T[];
  readonly more: number;
}

/** What the plan promised. */
export interface PlannedTotals {
  readonly tasks: number;
  readonly requests: number;
  readonly windows: number;
  /** Requests that could not be counted before earlier answers were in, by estimate. */
  readonly estimatedRequests: number;
  readonly estimatedMs: Duration;
}

/** How many tasks ended in which way; `open` have not ended. */
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
  /** From the start of its first task to the end of its last; null when none began. */
  readonly span: { readonly start: Instant; readonly end: Instant } | null;
}

/** Tasks that ended badly in the same way for the same reason. */
export interface ProblemGroup {
  readonly status: 'failed' | 'partial' | 'skipped' | 'interrupted';
  readonly steps: readonly string[];
  readonly tasks: number;
  /** As the first of them said it; a symbol that stands in it is written `…` when the others had their own there. */
  readonly reason: string;
  readonly hint: string | null;
  readonly symbols: TruncatedList<string>;
}

/** How long a run was held up by one budget. */
export interface BudgetReport {
  readonly provider: ProviderName;
  readonly budget: string;
  readonly waits: number;
  readonly waitedMs: Duration;
  readonly maxWaitMs: Duration;
}

/** What was written to one table. */
export interface TableReport {
  readonly dataset: string;
  readonly commits: number;
  readonly version: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly durationMs: Duration;
  /** Small files merged: how many there were, and how many there are. */
  readonly merged: { readonly before: number; readonly after: number } | null;
  readonly removed: { readonly files: number; readonly bytes: number } | null;
}

/** What crashed runs had received and this one stored. */
export interface RecoveredReport {
  readonly runs: readonly string[];
  readonly results: number;
  readonly rows: number;
  readonly tornBytes: number;
}

export interface DamageReport {
  readonly dataset: Dataset;
  readonly path: string;
  readonly problem: string;
}

/** How often a provider, or a symbol at it, was left alone after failing, and whether it still is. */
export interface BreakerReport {
  readonly provider: ProviderName;
  /** Null when it is the provider itself. */
  readonly symbol: string | null;
  readonly opened: number;
  readonly state: 'open' | 'half-open' | 'closed';
}

export interface SlowTask {
  readonly step: string;
  readonly symbol: string;
  readonly durationMs: Duration;
  readonly requests: number;
  readonly rows: number;
}

/** Answers over time, in spans of equal width. */
export interface Activity {
  readonly start: Instant;
  readonly bucketMs: Duration;
  readonly answers: readonly number[];
}
