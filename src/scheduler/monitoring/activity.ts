import type { RunEvent } from '../../core/events.js';
import type { Instant } from '../../core/time/time.js';
import { missedReasons } from '../schedule/cycles.js';
import type { MissedReason } from '../schedule/cycles.js';
import type { CheckSummary, ServeEvent } from '../serve-event.js';
import { cycleOutcomes } from '../worker.js';
import type { CycleOutcome } from '../worker.js';

/** The last known state of a circuit breaker. */
export type BreakerStatus = 'closed' | 'half-open' | 'open';

/** The last known state of one provider. */
export interface ProviderActivity {
  breaker: BreakerStatus;
  /** The first failure of an open circuit; null if it is closed or the failure is unknown. */
  breakerCause: string | null;
  /** The breakers of all symbols that were requested. */
  readonly symbolBreakers: Map<string, BreakerStatus>;
  /**
   * True if the latest run that sent requests to the provider received any usable response; null if no run has sent
   * any.
   */
  isAnswering: boolean | null;
  /** The time of the latest usable response; null if there was none since the collector started. */
  answeredAt: Instant | null;
  /** The first failure since then; null if the latest response was usable. */
  failure: ProviderFailure | null;
}

export interface ProviderFailure {
  readonly at: Instant;
  readonly message: string;
}

/** The activity of a pipeline. Its size depends on the number of symbols and providers, not on time. */
export interface PipelineActivity {
  readonly cycles: Readonly<Record<CycleOutcome, number>>;
  /** Due times that got no run. */
  readonly missed: Readonly<Record<MissedReason, number>>;
  /** Due times that passed during the cycle in progress. */
  readonly overlaps: number;
  readonly lastEnded: Instant | null;
  /** The latest check of the lake on the pipeline's schedule. */
  readonly lastCheck: CheckSummary | null;
  /** The symbols that failed in the latest cycle, with their reasons. */
  readonly latestErrors: ReadonlyMap<string, string>;
  readonly providers: ReadonlyMap<string, Readonly<ProviderActivity>>;
}

/** The activity of a collector since it started. */
export interface CollectorActivity {
  handle(event: ServeEvent): void;
  forPipeline(pipeline: string): PipelineActivity;
  /** Restores a breaker that an earlier run left open. */
  restoreBreaker(breaker: {
    readonly pipeline: string;
    readonly provider: string;
    readonly symbol: string | null;
    readonly cause?: string;
  }): void;
  /** The errors of saving the state, by pipeline; cleared at the pipeline's next cycle. */
  readonly saveErrors: ReadonlyMap<string, string>;
}

export function createActivity(): CollectorActivity {
  const byPipeline = new Map<string, MutableActivity>();
  const saveErrors = new Map<string, string>();
  const forPipeline = (pipeline: string): MutableActivity => {
    let found = byPipeline.get(pipeline);
    if (found === undefined) byPipeline.set(pipeline, (found = emptyActivity()));
    return found;
  };
  return {
    forPipeline,
    saveErrors,
    restoreBreaker({ pipeline, provider, symbol, cause }) {
      setBreaker(forPipeline(pipeline), provider, symbol, 'open', cause);
    },
    handle(event) {
      switch (event.type) {
        case 'cycle-started':
          forPipeline(event.pipeline).overlaps = 0;
          saveErrors.delete(event.pipeline);
          return;
        case 'cycle-ended': {
          const activity = forPipeline(event.pipeline);
          activity.cycles[event.outcome]++;
          if (event.outcome === 'provider') recordUnusableProviders(activity);
          activity.lastEnded = event.endedAt;
          // Without a run, the errors of the previous cycle are still the latest.
          if (event.run !== null)
            activity.latestErrors = new Map(event.failed.map(({ symbol, reason }) => [symbol, reason]));
          return;
        }
        case 'runs-missed': {
          const activity = forPipeline(event.pipeline);
          activity.missed[event.reason] += event.count;
          if (event.reason === 'overlap') activity.overlaps += event.count;
          return;
        }
        case 'run-event':
          applyRunEvent(forPipeline(event.pipeline), event.event);
          return;
        case 'state-save-failed':
          saveErrors.set(event.pipeline, event.message);
          return;
        case 'check-ended': {
          const { startedAt, durationMs, findings, problem } = event;
          forPipeline(event.pipeline).lastCheck = { startedAt, durationMs, findings, problem };
          return;
        }
        case 'pipeline-removed':
          byPipeline.delete(event.pipeline);
          return;
        default:
          return;
      }
    },
  };
}

interface MutableActivity extends PipelineActivity {
  readonly cycles: Record<CycleOutcome, number>;
  readonly missed: Record<MissedReason, number>;
  overlaps: number;
  lastEnded: Instant | null;
  lastCheck: CheckSummary | null;
  latestErrors: ReadonlyMap<string, string>;
  readonly providers: Map<string, ProviderActivity>;
  /** The providers that gave a usable response in the run in progress. */
  readonly usefulProviders: Set<string>;
  /** The first failure of each provider whose tasks failed in the run in progress before they sent a request. */
  readonly unsentFailures: Map<string, ProviderFailure>;
  /** The providers of the steps of the run in progress. */
  readonly stepProviders: Map<string, string>;
}

function emptyActivity(): MutableActivity {
  return {
    cycles: zeroCounts(cycleOutcomes),
    missed: zeroCounts(missedReasons),
    overlaps: 0,
    lastEnded: null,
    lastCheck: null,
    latestErrors: new Map(),
    providers: new Map(),
    usefulProviders: new Set(),
    unsentFailures: new Map(),
    stepProviders: new Map(),
  };
}

function zeroCounts<Name extends string>(names: readonly Name[]): Record<Name, number>;
function zeroCounts(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

function applyRunEvent(activity: MutableActivity, event: RunEvent): void {
  switch (event.type) {
    case 'run-started':
      activity.usefulProviders.clear();
      activity.unsentFailures.clear();
      // A run reports the breakers that earlier runs left open.
      for (const provider of activity.providers.values()) {
        provider.breaker = 'closed';
        provider.breakerCause = null;
        for (const symbol of provider.symbolBreakers.keys()) provider.symbolBreakers.set(symbol, 'closed');
      }
      return;
    case 'planned':
      activity.stepProviders.clear();
      for (const { step, provider } of event.steps) if (provider !== 'pipe') activity.stepProviders.set(step, provider);
      return;
    case 'task-finished': {
      const { at, symbol, step, requests, status, reason } = event;
      const provider = activity.stepProviders.get(step);
      if (symbol === null || provider === undefined) return;
      if (requests === 0) {
        if (status === 'failed' && reason !== undefined && !activity.unsentFailures.has(provider))
          activity.unsentFailures.set(provider, { at, message: reason });
        return;
      }
      const { symbolBreakers } = getProvider(activity, provider);
      if (!symbolBreakers.has(symbol)) symbolBreakers.set(symbol, 'closed');
      return;
    }
    case 'request-completed': {
      const { at, provider, outcome, message } = event;
      // A computation says nothing about a provider and has no circuit breaker.
      if (provider === 'pipe') return;
      const found = getProvider(activity, provider);
      if (outcome === 'rows' || outcome === 'empty' || outcome === 'partial') {
        activity.usefulProviders.add(provider);
        found.answeredAt = at;
        found.failure = null;
      } else if (!activity.usefulProviders.has(provider)) found.failure ??= { at, message: message ?? outcome };
      found.isAnswering = activity.usefulProviders.has(provider);
      return;
    }
    case 'breaker-changed':
      setBreaker(activity, event.provider, event.symbol ?? null, event.state, event.cause);
      return;
    default:
      return;
  }
}

/** Records providers that could not be opened: they sent no request, so that no response shows it. */
function recordUnusableProviders(activity: MutableActivity): void {
  for (const [provider, failure] of activity.unsentFailures) {
    if (activity.usefulProviders.has(provider)) continue;
    const found = getProvider(activity, provider);
    found.isAnswering = false;
    found.failure ??= failure;
  }
}

function setBreaker(
  activity: MutableActivity,
  provider: string,
  symbol: string | null,
  status: BreakerStatus,
  cause: string | undefined,
): void {
  const found = getProvider(activity, provider);
  if (symbol !== null) found.symbolBreakers.set(symbol, status);
  else {
    found.breaker = status;
    found.breakerCause = status === 'closed' ? null : (cause ?? found.breakerCause);
  }
}

function getProvider({ providers }: MutableActivity, provider: string): ProviderActivity {
  let found = providers.get(provider);
  if (found === undefined) {
    found = {
      breaker: 'closed',
      breakerCause: null,
      symbolBreakers: new Map(),
      isAnswering: null,
      answeredAt: null,
      failure: null,
    };
    providers.set(provider, found);
  }
  return found;
}
