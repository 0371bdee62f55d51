import type { CoverageState } from '../core/coverage.js';
import type { Request } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { Window } from '../core/time/window.js';
import type { TaskId } from './task-graph.js';
import type { BudgetCost } from '../pacing/budget-costs.js';
import type { PlanOptions } from './plan-options.js';

/** What would be fetched, and why: a value, made without side effects, that `plan` prints and `run` executes. */
export interface Plan {
  readonly pipeline: { readonly name: string; readonly file: string; readonly hash: string };
  /** The moment it was made for; an unfinished session of that moment is not in it. */
  readonly now: Instant;
  readonly options: PlanOptions;
  /** The versions of the lake's tables that it was made from. */
  readonly versions: Readonly<Record<Dataset, number>>;
  readonly tasks: readonly PlannedTask[];
  /** The steps of the user's own, which come after all tasks of what they need. */
  readonly customSteps: readonly PlannedCustomStep[];
  /** Known requests of all tasks. */
  readonly requests: number;
  /** Gaps of all tasks. */
  readonly windows: number;
  /** Requests that can only be counted when earlier tasks have answered, by estimate. */
  readonly estimatedRequests: number;
  /** How long it will take with the budgets, estimated requests included. */
  readonly estimatedMs: Duration;
  /** What it takes out of the budgets that all its requests share, estimated requests included. */
  readonly budgets: PlanCost['budgets'];
  /** What a user should know about the plan as a whole. */
  readonly notes: readonly string[];
}

/** What a plan costs. */
export interface PlanCost {
  readonly duration: Duration;
  readonly budgets: readonly (BudgetCost & { readonly provider: ProviderName })[];
}

/** What a plan says about one task. */
export interface PlannedTask {
  readonly id: TaskId;
  readonly step: string;
  readonly symbol: string;
  readonly dataset: Dataset;
  /**
   * - `satisfied`: the lake answers it all
   * - `ready`: its requests are known
   * - `deferred`: its requests depend on answers that this very plan fetches
   * - `blocked`: something it needs is not in the lake, and this plan does not fetch it
   */
  readonly status: 'up-to-date' | 'ready' | 'deferred' | 'blocked';
  readonly requests: readonly Request[];
  readonly gaps: readonly Gap[];
  /** By estimate, for deferred tasks; 0 otherwise. */
  readonly estimatedRequests: number;
  /** Whether some of what it wants was refused for want of a permission, and is left alone. */
  readonly hasDeniedWindows: boolean;
  /** Why, in words, as one line. */
  readonly reason: string;
}

/** What a plan says about a step of the user's own. */
export interface PlannedCustomStep {
  readonly id: TaskId;
  readonly step: string;
  readonly uses: 'sql' | 'exec';
  /** The table that it makes; null for a command that makes none. */
  readonly dataset: string | null;
  /**
   * - `satisfied`: nothing that it is made of has changed
   * - `ready`: it will be done
   * - `deferred`: whether it will be done depends on what this very plan fetches
   * - `blocked`: it cannot be done
   */
  readonly status: PlannedTask['status'];
  /** Why, in words, as one line. */
  readonly reason: string;
}

/** A required window that coverage does not answer; a point's window is the moment of the plan. */
export interface Gap {
  readonly window: Window;
  readonly reason: GapReason;
}

/** Why a window has to be asked for. */
export type GapReason =
  | { readonly kind: 'never-asked' }
  | {
      readonly kind: 'asked-before';
      readonly state: Exclude<CoverageState, 'data' | 'empty'>;
      readonly lastRequestedAt: Instant;
      readonly reason?: string;
    }
  | {
      readonly kind: 'too-old';
      readonly subject: string;
      readonly lastRequestedAt: Instant;
      readonly refresh: Duration;
    }
  /** Of what is computed: there is more to compute it from. */
  | { readonly kind: 'newer'; readonly subject: string }
  | { readonly kind: 'forced' };
