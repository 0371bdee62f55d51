import type { RunEventBody } from '../../core/events.js';
import type { Redact } from '../../platform/redact.js';
import type { ProviderName } from '../../core/series.js';
import type { Duration } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { LongWait, Pacing, Permit } from '../../pacing/pacing.js';
import { toFollowUp, toPacedRequest } from '../../pacing/paced-request.js';
import type { PacedRequest } from '../../pacing/paced-request.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createBreakerStore } from '../../providers/resilience/breaker-store.js';
import type { Provider } from '../../providers/provider.js';
import type { Request } from '../../core/request.js';
import { combineSignals } from '../../platform/combine-signals.js';
import { withRedaction } from '../../providers/resilience/redaction.js';
import { withBoundedMessages } from '../../providers/resilience/bounded-messages.js';
import { withCallLog } from '../../providers/resilience/call-log.js';
import type { CallLogEntry } from '../../providers/resilience/call-log.js';
import { withResilience } from '../../providers/resilience/with-resilience.js';
import { withSharedPermits } from '../../providers/resilience/shared-permits.js';
import type { AcquirePermit } from '../../providers/resilience/with-resilience.js';
import { createRunBreakers } from './run-breakers.js';
import { getProviderLimits, createProvider } from './create-provider.js';
import type { ProviderContext } from './create-provider.js';
import { describeForeignRequests, findLedger, getMachineTime, openLedgerPacing } from './pacing-ledger.js';
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
  /** Null until the provider is open: only then is the account known whose budgets count. */
  pacing: Pacing | null;
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
      const { budgets } = getProviderLimits(pipeline, name);
      const declared = new Set([...budgets.map((budget) => budget.name), providerPauseName]);
      const paced: PacedProvider = { name, pacing: null, declared };
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
      const provider = withBoundedMessages(
        recordCall === null ? redactedProvider : withCallLog(redactedProvider, recordCall, () => ctx.clock.now()),
      );
      const resilient = withResilience(
        provider,
        { ...pipeline.retry, maxSourcePauses },
        await circuitBreakers.open(name, (until) => paced.pacing?.hold(until)),
        withSharedPermits(
          createAcquirePermit(paced, stopping, getRequestPriority, deps),
          getProviderLimits(pipeline, name).batch,
          ctx.clock,
        ),
        ctx.clock,
        stopping,
      );
      return {
        ...resilient,
        async open(signal) {
          const result = await resilient.open(signal);
          if (result.ok) paced.pacing ??= await openProviderPacing(name, rawProvider.getAccounts?.() ?? null, deps);
          return result;
        },
      };
    },
    getRemainingBudgets: () => opened.flatMap(listRemainingBudgets),
    async close() {
      await circuitBreakers.close();
      for (const { pacing } of opened) await pacing?.close();
    },
  };
}

/** Opens the budgets of the account, and says what limits them from outside of this run. */
async function openProviderPacing(
  name: ProviderName,
  accounts: readonly string[] | null,
  { pipeline, ctx, emit }: RunProvidersDeps,
): Promise<Pacing> {
  const { budgets, maxConcurrency } = getProviderLimits(pipeline, name);
  // Without budgets there is no choice to make, and the run itself limits the concurrency.
  const concurrencyLimit = budgets.length === 0 ? {} : { concurrency: maxConcurrency };
  const { warning, ...ledger } = await findLedger(name, pipeline, ctx, accounts);
  const onLongWait = ({ budget, requests, until }: LongWait): void =>
    emit({ type: 'rate-limit-reached', provider: name, budget, requests, waitMs: until - getMachineTime(ctx.clock) });
  const pacing = await openLedgerPacing({ ...ledger, budgets, clock: ctx.clock, ...concurrencyLimit, onLongWait });
  if (warning !== null && budgets.length > 0) emit({ type: 'warning', message: warning });
  const note = describeForeignRequests(name, pacing.foreignRequests(), budgets);
  if (note !== null) emit({ type: 'warning', message: note });
  return pacing;
}

/** Waits for the budgets before each request; a pacing violation holds all requests to the provider. */
function createAcquirePermit(
  provider: PacedProvider,
  stopping: AbortSignal,
  getRequestPriority: (request: Request) => number,
  { pipeline, ctx, emit }: RunProvidersDeps,
): AcquirePermit {
  const combine = combineSignals(stopping);
  const { name, declared } = provider;
  const acquire = async (pacing: Pacing, paced: PacedRequest, signal: AbortSignal): Promise<Permit | null> => {
    const combined = combine(signal);
    try {
      const permit = await pacing.acquire(paced, { signal: combined, leavesLater: true });
      const { budget, waitedMs } = permit;
      if (budget !== null && declared.has(budget) && waitedMs > 0)
        emit({ type: 'rate-limited', provider: name, budget, waitedMs });
      return permit;
    } catch (error) {
      if (combined.aborted) return null;
      throw error;
    }
  };
  return async (request, signal) => {
    const { pacing } = provider;
    if (pacing === null) throw new Error(`a request to ${name}, which is not open`);
    const paced = toPacedRequest(request, { priority: getRequestPriority(request) });
    const permit = await acquire(pacing, paced, signal);
    if (permit === null) return null;
    const permits = [permit];
    return {
      sent: () => permit.sent(),
      async next(part, nextSignal) {
        const nextPermit = await acquire(pacing, toFollowUp(paced, part), nextSignal);
        if (nextPermit !== null) permits.push(nextPermit);
        return nextPermit;
      },
      release(outcome) {
        for (const one of permits) one.release();
        if (outcome.kind === 'failure' && outcome.failure.kind === 'pacing')
          pacing.hold(ctx.clock.now() + (outcome.failure.retryAfter ?? pipeline.breaker.cooldown), null);
      },
    };
  };
}

function listRemainingBudgets({ pacing, declared }: PacedProvider): readonly BudgetRemaining[] {
  if (pacing === null) return [];
  return pacing
    .remaining()
    .filter(({ name, kind }) => declared.has(name) && kind === 'rolling')
    .map(({ name, remaining, limit }) => ({ name, left: remaining, limit }));
}
