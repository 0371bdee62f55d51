import type { RunEventBody } from '../../core/events.js';
import type { Redact } from '../../platform/redact.js';
import type { ProviderName } from '../../core/series.js';
import type { Duration } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { openPacing } from '../../pacing/pacing.js';
import type { Pacing } from '../../pacing/pacing.js';
import { toPacedRequest } from '../../pacing/paced-request.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createBreakerStore } from '../../providers/resilience/breaker-store.js';
import type { Provider } from '../../providers/provider.js';
import type { Request } from '../../core/request.js';
import { combineSignals } from '../../platform/combine-signals.js';
import { withRedaction } from '../../providers/resilience/redaction.js';
import { withCallLog } from '../../providers/resilience/call-log.js';
import type { CallLogEntry } from '../../providers/resilience/call-log.js';
import { withResilience } from '../../providers/resilience/with-resilience.js';
import type { AcquirePermit } from '../../providers/resilience/with-resilience.js';
import { createRunBreakers } from './run-breakers.js';
import { getProviderLimits, createProvider } from './create-provider.js';
import type { ProviderContext } from './create-provider.js';
import { getPriority } from './priority.js';
import { providerPauseName } from '../../pacing/pacer.js';

/** The unused rest of a provider's budget. */
export interface BudgetRemaining {
  readonly name: string;
  readonly left: number;
  readonly limit: number;
}

/** The providers of one run, with pacing, retries and circuit breakers. */
export interface RunProviders {
  /** Sets the duration of the run that the plan estimates. */
  setExpectedDuration(duration: Duration): void;
  open(name: ProviderName, stopping: AbortSignal): Promise<Provider>;
  getRemainingBudgets(): readonly BudgetRemaining[];
  close(): Promise<void>;
}

interface PacedProvider {
  readonly name: ProviderName;
  readonly pacing: Pacing;
  /** The budgets of the provider, which are reported; the one that limits concurrency is not among them. */
  readonly declared: ReadonlySet<string>;
}

/** The run gives a provider up when its circuit has opened this often in a row. */
const maxSourcePauses = 3;

export interface RunProvidersDeps {
  readonly pipeline: Pipeline;
  readonly ctx: ProviderContext;
  /** Records every call; null for no record. */
  readonly recordCall: ((call: CallLogEntry) => void) | null;
  readonly emit: (event: RunEventBody) => void;
  /** Redacts secrets from messages of providers. */
  readonly redact: Redact;
  readonly create?: typeof createProvider;
}

export function createRunProviders(deps: RunProvidersDeps): RunProviders {
  const { pipeline, ctx, recordCall, emit, redact, create = createProvider } = deps;
  const opened: PacedProvider[] = [];
  const circuitBreakers = createRunBreakers({
    rules: pipeline.breaker,
    maxSourcePauses,
    store: createBreakerStore(ctx.dataFolder, pipeline.name, nodeFiles),
    clock: ctx.clock,
    emit,
  });
  let expectedDuration: Duration = 0;
  const priorities = new Map(pipeline.symbols.map(({ instrument, priority }) => [instrument.symbol, priority]));
  const getRequestPriority = (request: Request): number =>
    getPriority(request, priorities.get(request.series.instrument.symbol) ?? 5, ctx.clock.now());

  return {
    setExpectedDuration(duration) {
      expectedDuration = duration;
    },
    async open(name, stopping) {
      const paced = await openProviderPacing(name, pipeline, ctx);
      opened.push(paced);
      const rawProvider = await create(name, {
        pipeline,
        ctx,
        warn: (message) => {
          emit({ type: 'warning', message });
        },
        estimatedEnd: () => ctx.clock.now() + expectedDuration,
      });
      const redactedProvider = withRedaction(rawProvider, redact);
      const provider =
        recordCall === null ? redactedProvider : withCallLog(redactedProvider, recordCall, () => ctx.clock.now());
      return withResilience(
        provider,
        { ...pipeline.retry, maxSourcePauses },
        await circuitBreakers.open(name, (until) => paced.pacing.hold(until)),
        createAcquirePermit(paced, stopping, getRequestPriority, deps),
        ctx.clock,
      );
    },
    getRemainingBudgets: () => opened.flatMap(listRemainingBudgets),
    async close() {
      await circuitBreakers.close();
      for (const { pacing } of opened) await pacing.close();
    },
  };
}

async function openProviderPacing(
  name: ProviderName,
  pipeline: Pipeline,
  { dataFolder: folder, clock }: ProviderContext,
): Promise<PacedProvider> {
  const { budgets, maxConcurrency } = getProviderLimits(pipeline, name);
  // Without budgets there is no choice to make, and the run itself limits the concurrency.
  const concurrencyLimit = budgets.length === 0 ? {} : { concurrency: maxConcurrency };
  const pacing = await openPacing({ folder, provider: name, account: 'default', budgets, clock, ...concurrencyLimit });
  return { name, pacing, declared: new Set([...budgets.map((budget) => budget.name), providerPauseName]) };
}

/** Waits for the budgets before each request; a pacing violation holds all requests to the provider. */
function createAcquirePermit(
  { name, pacing, declared }: PacedProvider,
  stopping: AbortSignal,
  getRequestPriority: (request: Request) => number,
  { pipeline, ctx, emit }: RunProvidersDeps,
): AcquirePermit {
  const combine = combineSignals(stopping);
  return async (request, signal) => {
    const paced = toPacedRequest(request, { priority: getRequestPriority(request) });
    const combined = combine(signal);
    try {
      const permit = await pacing.acquire(paced, combined);
      const { budget, waitedMs } = permit;
      if (budget !== null && declared.has(budget) && waitedMs > 0)
        emit({ type: 'rate-limited', provider: name, budget, waitedMs });
      return {
        release: (outcome) => {
          permit.release();
          if (outcome.kind === 'failure' && outcome.failure.kind === 'pacing')
            pacing.hold(ctx.clock.now() + (outcome.failure.retryAfter ?? pipeline.breaker.cooldown), null);
        },
      };
    } catch (error) {
      if (combined.aborted) return null;
      throw error;
    }
  };
}

function listRemainingBudgets({ pacing, declared }: PacedProvider): readonly BudgetRemaining[] {
  return pacing
    .remaining()
    .filter(({ name, kind }) => declared.has(name) && kind === 'rolling')
    .map(({ name, remaining, limit }) => ({ name, left: remaining, limit }));
}
