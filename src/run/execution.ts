import type { Absence } from '../core/absence.js';
import type { RunEventBody, RunStatus, TaskStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { ProviderLimits } from '../core/provider-limits.js';
import type { RequestId, RunId } from '../core/request.js';
import type { ProviderName, SeriesOf } from '../core/series.js';
import type { Window } from '../core/time/window.js';
import type { Calendar } from '../core/time/calendar.js';
import type { Clock } from '../core/time/clock.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import type { StoredBars } from '../core/revisions/stored-bars.js';
import type { LakeWriter, SharedRequests } from '../lake/api.js';
import type { MutableKnownState } from '../plan/known-state.js';
import type { PlanContext } from '../plan/plan-context.js';
import type { Plan } from '../plan/plan.js';
import type { TaskGraph, TaskId } from '../plan/task-graph.js';
import type { Shutdown } from '../platform/shutdown.js';
import type { Provider } from '../providers/provider.js';
import type { ImportAccess } from './imports/import-access.js';
import type { Deriver } from './compute/deriver.js';

/** A plan and the state that it was made from. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly graph: TaskGraph;
  readonly context: PlanContext;
  readonly knownState: MutableKnownState;
}

/** Environment of the commands of custom steps, and the secrets to redact from their output. */
export interface CommandEnvironment {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Reads the stored bars of a window; null if there are none. */
export type ReadStoredBars = (series: SeriesOf<'equity_bars'>, window: Window) => Promise<StoredBars | null>;

/** Dependencies of one run. The caller opens and closes them. */
export interface RunDeps {
  readonly runId: RunId;
  readonly pipeline: Pipeline;
  readonly version: string;
  /** Absolute path of the lake's folder. */
  readonly lakeFolder: string;
  readonly writer: LakeWriter;
  /** Requests shared with other runs on this lake; undefined to share none. */
  readonly shared?: SharedRequests | undefined;
  /** Reads stored bars for comparison; undefined to compare nothing. */
  readonly readStoredBars?: ReadStoredBars | undefined;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  /** Plans from the current state of the lake. Called once, after the recovery of crashed runs. */
  prepare(): Promise<PreparedPlan>;
  /** Creates a provider with its decorators. Called only for providers that the plan sends requests to. */
  provider(name: ProviderName): Promise<Provider>;
  /** Creates the deriver of the series that no provider supplies. */
  createDeriver(prepared: PreparedPlan): Deriver;
  /** Delivers what the lake has to the sinks, after the commits of the run; absent without sinks. Does not reject. */
  deliver?(): Promise<void>;
  /** Applies quality rules to what is committed; absent without rules. */
  applyQuality?(): Promise<void>;
  limits(name: ProviderName): ProviderLimits;
  calendar(name: string): Calendar;
  /** Environment of the commands of custom steps; empty by default. */
  readonly commandEnvironment?: CommandEnvironment;
  /** Reads files and the lake for the steps that import; absent without such steps. */
  readonly imports?: ImportAccess | undefined;
  readonly shutdown: Shutdown;
}

/** The plan of one run in execution, with its opened providers. */
export interface Execution {
  readonly deps: Pick<
    RunDeps,
    'runId' | 'pipeline' | 'clock' | 'emit' | 'limits' | 'calendar' | 'shutdown' | 'shared' | 'readStoredBars'
  > & {
    readonly writer: Pick<LakeWriter, 'receive'>;
    /** Numbers requests and imports of the run together; absent to number the requests alone. */
    readonly nextRequestId?: () => RequestId;
  };
  readonly prepared: PreparedPlan;
  readonly deriver: Deriver;
  readonly providers: ReadonlyMap<ProviderName, Provider>;
}

export interface TaskResult {
  readonly id: TaskId;
  readonly step: string;
  /** Null for a custom step, which runs once for all symbols. */
  readonly symbol: string | null;
  readonly status: TaskStatus;
  readonly requests: number;
  readonly rows: number;
  readonly reason?: string;
  /** Wanted windows that the lake lacks and that were not requested, or were denied. */
  readonly absences: readonly Absence[];
}

/** Result of a run. */
export interface RunOutcome {
  readonly status: RunStatus;
  readonly requests: number;
  readonly rows: number;
  readonly tasks: readonly TaskResult[];
  /** The failure that made a provider unusable; null when there was none. */
  readonly fatal: Failure | null;
}
