import type { Absence } from '../core/absence.js';
import type { CoverageState } from '../core/coverage.js';
import type { Request } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import type { BarSize } from '../core/tables/bars.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Duration, Instant, LocalDate } from '../core/time/time.js';
import type { Window } from '../core/time/window.js';
import type { TaskId } from './task-graph.js';
import type { BudgetCost } from '../pacing/budget-costs.js';
import type { PlanOptions } from './plan-options.js';

/**
 * The requests of a run with their reasons: a value without side effects that `pipe plan` prints and `pipe run`
 * executes.
 */
export interface Plan {
  readonly pipeline: { readonly name: string; readonly file: string; readonly hash: string };
  /** The time that it was made for. A session that is unfinished at that time is not in it. */
  readonly now: Instant;
  readonly options: PlanOptions;
  /** Versions of the tables that it was made from. */
  readonly versions: Readonly<Record<Dataset, number | null>>;
  readonly tasks: readonly PlannedTask[];
  /** Custom steps. They run after all tasks of the steps that they need. */
  readonly customSteps: readonly PlannedCustomStep[];
  /** Number of known requests of all tasks. */
  readonly requests: number;
  /** Number of gaps of all tasks. */
  readonly windows: number;
  /** Number of requests that are known only after earlier tasks, by estimate. */
  readonly estimatedRequests: number;
  /** Duration within the budgets, estimated requests included. */
  readonly estimatedMs: Duration;
  /** Use of the budgets that all requests of a provider share, estimated requests included. */
  readonly budgets: PlanCost['budgets'];
  /** Warnings about the plan as a whole. */
  readonly notes: readonly string[];
}

export interface PlanCost {
  readonly duration: Duration;
  readonly budgets: readonly (BudgetCost & { readonly provider: ProviderName })[];
}

interface PlannedTaskBase {
  readonly id: TaskId;
  readonly step: string;
  readonly symbol: string;
  readonly dataset: Dataset;
  /** Wanted windows that the lake lacks and that this plan does not request. */
  readonly absences: readonly Absence[];
  /** The reason for the status, in one line. */
  readonly reason: string;
}

/** A task whose requests are known. */
export interface ReadyTask extends PlannedTaskBase {
  readonly status: 'ready';
  readonly requests: readonly Request[];
  readonly gaps: readonly Gap[];
  /** Sessions in which some of the options have rows in the lake; absent for other tables. */
  readonly tradedDates?: ReadonlyMap<BarSize, ReadonlySet<LocalDate>>;
}

/** A task whose requests depend on answers that this plan fetches. */
export interface DeferredTask extends PlannedTaskBase {
  readonly status: 'deferred';
  readonly estimatedRequests: number;
}

/** `up-to-date`: the lake has everything · `blocked`: it needs data that neither the lake has nor this plan fetches. */
export interface IdleTask extends PlannedTaskBase {
  readonly status: 'up-to-date' | 'blocked';
}

/** The plan of one task. */
export type PlannedTask = ReadyTask | DeferredTask | IdleTask;

/** Returns the known requests of a task: none unless it is ready. */
export function listRequests(task: PlannedTask): readonly Request[] {
  return task.status === 'ready' ? task.requests : [];
}

/** Returns the gaps of a task: none unless it is ready. */
export function listGaps(task: PlannedTask): readonly Gap[] {
  return task.status === 'ready' ? task.gaps : [];
}

/** Returns the estimated requests of a task: 0 unless it is deferred. */
export function getEstimatedRequests(task: PlannedTask): number {
  return task.status === 'deferred' ? task.estimatedRequests : 0;
}

/** The plan of a custom step. */
export interface PlannedCustomStep {
  readonly id: TaskId;
  readonly step: string;
  readonly uses: 'sql' | 'exec' | 'import';
  /** The table that it writes; null for a command that writes none. */
  readonly dataset: string | null;
  /**
   * - `up-to-date`: none of its inputs has changed
   * - `ready`: it will run
   * - `deferred`: whether it runs depends on what this plan fetches
   * - `blocked`: it cannot run
   */
  readonly status: PlannedTask['status'];
  /** The reason for the status, in one line. */
  readonly reason: string;
  /** The files that an import step will read, with the reason; absent for other steps. */
  readonly files?: readonly PlannedFile[];
  /** Lines of imported files were rejected, which the step does not accept; undefined for none. */
  readonly hasRejected?: true;
  /** Tasks that it needs, that the plan does not select and whose data are incomplete; undefined for none. */
  readonly partialInputs?: readonly TaskId[];
}

/** A file that a step imports. */
export interface PlannedFile {
  readonly path: string;
  readonly bytes: number;
  readonly reason: string;
}

/** A required window that coverage does not answer. The window of a point table is the time of the plan. */
export interface Gap {
  readonly window: Window;
  readonly reason: GapReason;
}

/** The reason why a window is requested. */
export type GapReason =
  | { readonly kind: 'never-requested' }
  | {
      readonly kind: 'requested-before';
      readonly state: Exclude<CoverageState, 'data'>;
      readonly lastRequestedAt: Instant;
      readonly reason?: string;
      /** Answers without rows that count so far. */
      readonly emptyAnswers?: number;
    }
  | {
      readonly kind: 'too-old';
      readonly subject: string;
      readonly lastRequestedAt: Instant;
      readonly refresh: Duration;
    }
  /** The latest answer lacks parts that it should have, and its repetition counts. */
  | { readonly kind: 'incomplete'; readonly subject: string; readonly lastRequestedAt: Instant }
  /** Computed tables only: the inputs are newer than the result. */
  | { readonly kind: 'inputs-changed'; readonly subject: string }
  | { readonly kind: 'forced' };
