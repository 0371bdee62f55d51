import type { Calendar } from '../core/time/calendar.js';
import type { Clock } from '../core/time/clock.js';
import type { RunEventBody, RunStatus, TaskStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { Request, RequestId, RunId } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { Deriver } from './compute/deriver.js';
import type { Task, TaskGraph, TaskId } from '../plan/task-graph.js';
import type { LakeWriter } from '../lake/api.js';
import type { MutableKnownState } from '../plan/known-state.js';
import type { Plan, PlannedTask } from '../plan/plan.js';
import type { Provider } from '../providers/provider.js';
import type { SymbolLimits } from './symbol-limiter.js';

/** Everything a plan is executed with. */
export interface ExecutionContext {
  readonly runId: RunId;
  readonly graph: TaskGraph;
  readonly plan: Plan;
  /** Plans a deferred task once its inputs are known. */
  readonly replan: (task: Task) => PlannedTask;
  readonly provider: (name: ProviderName) => Provider;
  readonly concurrency: (name: ProviderName) => number;
  /** What is computed here instead of asked for. */
  readonly deriver: Deriver;
  readonly calendar: (name: string) => Calendar;
  readonly revisionWindow: (task: Task) => Duration;
  readonly writer: Pick<LakeWriter, 'receive'>;
  readonly knownState: MutableKnownState;
  readonly clock: Clock;
  /** The moment of the run's latest answer to a point table. */
  readonly pointClock: { last: Instant };
  readonly emit: (event: RunEventBody) => void;
  readonly symbolLimits: SymbolLimits;
  /** When it aborts nothing new is asked; what is under way may still end. */
  readonly stopping: AbortSignal;
  /** When it aborts what is under way is given up too. */
  readonly stopped: AbortSignal;
  /**
   * Told which request a provider call is for, so that retries and waits can name it. `sent` is to be called when the
   * request goes out, which is when a task's time begins; one that never waits may leave it to the answer.
   */
  readonly onRequest: (request: Request, id: RequestId, task: TaskId, markSent: () => void) => void;
}

/** What became of one task. */
export interface TaskResult {
  readonly id: TaskId;
  readonly step: string;
  readonly symbol: string;
  readonly status: TaskStatus;
  readonly requests: number;
  readonly rows: number;
  readonly reason?: string;
}

/** What became of a plan. */
export interface ExecutionResult {
  readonly status: RunStatus;
  readonly requests: number;
  readonly rows: number;
  readonly tasks: readonly TaskResult[];
  /** The failure that made a provider unusable, if one did. */
  readonly fatal: Failure | null;
}
