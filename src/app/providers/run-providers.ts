import type { RunEventBody } from '../../core/events.js';
import type { Redact } from '../../platform/redact.js';
import type { Request } from '../../core/request.js';
import type { ProviderName } from '../../core/series.js';
import type { Duration } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { openPacing } from '../../pacing/pacing.js';
import type { Pacing } from '../../pacing/pacing.js';
import { toPacedRequest } from '../../pacing/paced-request.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createBreakerStore } from '../../providers/resilience/breaker-store.js';
import type { Provider } from '../../providers/provider.js';
import { combineSignals } from '../../platform/combine-signals.js';
import { withRedaction } from '../../providers/resilience/redaction.js';
import { withCallLog } from '../../providers/resilience/call-log.js';
import type { CallLogEntry } from '../../providers/resilience/call-log.js';
import { withResilience } from '../../providers/resilience/with-resilience.js';
import type { RequestRef } from '../../run/run-pipeline.js';
import type { BudgetRemaining } from '../../cli/output/progress-block.js';
import { createRunBreakers } from './run-breakers.js';
import { getProviderLimits, createProvider } from './create-provider.js';
import type { CliContext } from '../cli-context.js';
import { getPriority } from './priority.js';

/** The sources of one run, each with pacing and patience around it. */
export interface RunProviders {
  /** How long the plan says that the run will take. */
  setExpectedDuration(duration: Duration): void;
  open(
    name: ProviderName,
    asked: (request: Request) => RequestRef | undefined,
    stopping: AbortSignal,
  ): Promise<Provider>;
  getRemainingBudgets(): readonly BudgetRemaining[];
  close(): Promise<void>;
}

/** One source's pacing, and the budgets it was given; that it also minds the concurrency is nobody's news. */
interface PacedProvider {
  readonly pacing: Pacing;
  readonly declared: ReadonlySet<string>;
}

/** How often in a row a source that keeps failing is left alone before it is given up for the run. */
const maxSourcePauses = 3;

/** What the sources of one run are made of. */
export interface RunProvidersDeps {
  readonly pipeline: Pipeline;
  readonly ctx: CliContext;
  /** Takes down every call; null when nobody wants to know. */
  readonly recordCall: ((call: CallLogEntry) => void) | null;
  readonly emit: (event: RunEventBody) => void;
  /** Hides secrets in what sources say. */
  readonly redact: Redact;
  readonly create?: typeof createProvider;
}

export function createRunProviders({
  pipeline,
  ctx,
  recordCall,
  emit,
  redact,
  create = createProvider,
}: RunProvidersDeps): RunProviders {
  const pacings: PacedProvider[] = [];
  const circuitBreakers = createRunBreakers({
    rules: pipeline.breaker,
    maxSourcePauses,
    store: createBreakerStore(ctx.dataFolder, pipeline.name, nodeFiles),
    clock: ctx.clock,
    emit,
  });
  let expectedDuration: Duration = 0;
  const priorities = new Map(pipeline.symbols.map(({ instrument, priority }) => [instrument.symbol, priority]));
  return {
    setExpectedDuration(duration) {
      expectedDuration = duration;
    },
    async open(name, asked, stopping) {
      const { budgets, maxConcurrency } = getProviderLimits(pipeline, name);
      // Without budgets there is nothing to choose by, and the run itself holds to the source's concurrency.
      const concurrencyLimit = budgets.length === 0 ? {} : { concurrency: maxConcurrency };
      const pacing = await openPacing({
        folder: ctx.dataFolder,
        provider: name,
        account: 'default',
        budgets,
        clock: ctx.clock,
        ...concurrencyLimit,
      });
      const declared = new Set([...budgets.map((budget) => budget.name), 'hold']);
      pacings.push({ pacing, declared });
      const warn = (message: string): void => {
        emit({ type: 'warning', message });
      };
      const rawProvider = await create(name, {
        pipeline,
        ctx,
        warn,
        estimatedEnd: () => ctx.clock.now() + expectedDuration,
      });
      const redactedProvider = withRedaction(rawProvider, redact);
      const provider =
        recordCall === null ? redactedProvider : withCallLog(redactedProvider, recordCall, () => ctx.clock.now());
      const { retry, breaker } = pipeline;
      const combine = combineSignals(stopping);
      return withResilience(
        provider,
        { ...retry, maxSourcePauses },
        await circuitBreakers.open(name, (until) => pacing.hold(until)),
        async (request, signal) => {
          const { symbol } = request.series.instrument;
          const priority = getPriority(request, priorities.get(symbol) ?? 5, ctx.clock.now());
          const paced = toPacedRequest(request, { priority });
          const combined = combine(signal);
          try {
            const permit = await pacing.acquire(paced, combined);
            const { budget, waitedMs } = permit;
            if (budget !== null && declared.has(budget) && waitedMs > 0) {
              emit({ type: 'rate-limited', provider: name, budget, waitedMs });
            }
            return {
              release: (outcome) => {
                permit.release();
                if (outcome.kind === 'failure' && outcome.failure.kind === 'pacing') {
                  pacing.hold(ctx.clock.now() + (outcome.failure.retryAfter ?? breaker.cooldown), null);
                }
              },
            };
          } catch (error) {
            if (combined.aborted) return null;
            throw error;
          }
        },
        ctx.clock,
        {
          onSend(request) {
            asked(request)?.markSent();
          },
          onRetry(request, attempt, delay, failure) {
            const call = asked(request);
            if (call === undefined) return;
            emit({
              type: 'request-retried',
              request: call.id,
              task: call.task,
              attempt,
              delay,
              failure: failure.kind,
              message: failure.message,
            });
          },
        },
      );
    },
    getRemainingBudgets: () =>
      pacings.flatMap(({ pacing, declared }) =>
        pacing
          .remaining()
          .filter(({ name, kind }) => declared.has(name) && kind === 'rolling')
          .map(({ name, remaining, limit }) => ({ name, left: remaining, limit })),
      ),
    async close() {
      await circuitBreakers.close();
      for (const { pacing } of pacings) await pacing.close();
    },
  };
}
