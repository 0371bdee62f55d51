import type { RunEventBody } from '../core/events.js';
import type { Redact } from '../core/redact.js';
import type { Request } from '../core/request.js';
import type { ProviderName } from '../core/series.js';
import type { Duration } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';
import { openPacing } from '../pacing/pacing.js';
import type { Pacing } from '../pacing/pacing.js';
import { pacedRequest } from '../pacing/paced-request.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { breakerMemory } from '../providers/breaker-memory.js';
import type { Provider } from '../providers/contract.js';
import { joinedWith } from '../core/joined-signals.js';
import { discreet } from '../providers/discreet.js';
import { recorded } from '../providers/recorded.js';
import type { RecordedCall } from '../providers/recorded.js';
import { resilient } from '../providers/resilient.js';
import type { AskedFor } from '../run/run-pipeline.js';
import type { BudgetLeft } from './progress-block.js';
import { runBreakers } from './run-breakers.js';
import { limitsFor, makeProvider } from './providers.js';
import type { Surroundings } from './surroundings.js';
import { urgencyOf } from './urgency.js';

/** The sources of one run, each with pacing and patience around it. */
export interface Sources {
  /** How long the plan says that the run will take. */
  expect(duration: Duration): void;
  open(name: ProviderName, asked: (request: Request) => AskedFor | undefined, stopping: AbortSignal): Promise<Provider>;
  budgetsLeft(): readonly BudgetLeft[];
  close(): Promise<void>;
}

/** One source's pacing, and the budgets it was given; that it also minds the concurrency is nobody's news. */
interface PacedSource {
  readonly pacing: Pacing;
  readonly declared: ReadonlySet<string>;
}

/** How often in a row a source that keeps failing is left alone before it is given up for the run. */
const patience = 3;

/** What the sources of one run are made of. */
export interface SourcesParts {
  readonly pipeline: Pipeline;
  readonly at: Surroundings;
  /** Takes down every call; null when nobody wants to know. */
  readonly record: ((call: RecordedCall) => void) | null;
  readonly emit: (event: RunEventBody) => void;
  /** Hides secrets in what sources say. */
  readonly redact: Redact;
  readonly make?: typeof makeProvider;
}

export function sources({ pipeline, at, record, emit, redact, make = makeProvider }: SourcesParts): Sources {
  const pacings: PacedSource[] = [];
  const own = runBreakers({
    rules: pipeline.breaker,
    patience,
    memory: breakerMemory(at.dataFolder, pipeline.name, diskFiles),
    clock: at.clock,
    emit,
  });
  let planned: Duration = 0;
  const priorities = new Map(pipeline.symbols.map(({ instrument, priority }) => [instrument.symbol, priority]));
  return {
    expect(duration) {
      planned = duration;
    },
    async open(name, asked, stopping) {
      const { budgets, concurrency } = limitsFor(pipeline, name);
      // Without budgets there is nothing to choose by, and the run itself holds to the source's concurrency.
      const most = budgets.length === 0 ? {} : { concurrency };
      const pacing = await openPacing({
        folder: at.dataFolder,
        provider: name,
        account: 'default',
        budgets,
        clock: at.clock,
        ...most,
      });
      const declared = new Set([...budgets.map((budget) => budget.name), 'hold']);
      pacings.push({ pacing, declared });
      const warn = (message: string): void => {
        emit({ type: 'warned', message });
      };
      const bare = await make(name, { pipeline, at, warn, estimatedEnd: () => at.clock.now() + planned });
      const quiet = discreet(bare, redact);
      const provider = record === null ? quiet : recorded(quiet, record, () => at.clock.now());
      const { retry, breaker } = pipeline;
      const joined = joinedWith(stopping);
      return resilient(
        provider,
        { ...retry, patience },
        await own.open(name, (until) => pacing.hold(until)),
        async (request, signal) => {
          const { symbol } = request.series.instrument;
          const priority = urgencyOf(request, priorities.get(symbol) ?? 5, at.clock.now());
          const paced = pacedRequest(request, { priority });
          const either = joined(signal);
          try {
            const permit = await pacing.acquire(paced, either);
            const { budget, waited } = permit;
            if (budget !== null && declared.has(budget) && waited > 0) {
              emit({ type: 'budget-waited', provider: name, budget, waited });
            }
            return {
              release: (outcome) => {
                permit.release();
                if (outcome.kind === 'failure' && outcome.failure.kind === 'pacing') {
                  pacing.hold(at.clock.now() + (outcome.failure.retryAfter ?? breaker.recovery), null);
                }
              },
            };
          } catch (error) {
            if (either.aborted) return null;
            throw error;
          }
        },
        at.clock,
        {
          sending(request) {
            asked(request)?.sent();
          },
          retried(request, attempt, delay, failure) {
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
    budgetsLeft: () =>
      pacings.flatMap(({ pacing, declared }) =>
        pacing
          .left()
          .filter(({ name, kind }) => declared.has(name) && kind === 'rolling')
          .map(({ name, left, limit }) => ({ name, left, limit })),
      ),
    async close() {
      await own.close();
      for (const { pacing } of pacings) await pacing.close();
    },
  };
}
