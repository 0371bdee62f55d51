import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { CollectorState } from '../collector.js';
import { checkHealth } from './health.js';
import type { BreakerStatus, CollectorCounters } from './counters.js';

/** Who collects, and where it can be asked. */
export interface CollectorIdentity {
  readonly pid: number;
  readonly host: string;
  /** `http://127.0.0.1:9108`; null when it answers nobody. */
  readonly address: string | null;
}

/** So many symbols with errors are named; the rest is counted. */
const maxErrors = 100;

function omitZeros(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

/** Whether a source gave answers when it was last asked, as far as this collector knows. */
function describeAnswering(isAnswering: boolean | undefined): 'answering' | 'not answering' | 'not asked yet' {
  if (isAnswering === undefined) return 'not asked yet';
  return isAnswering ? 'answering' : 'not answering';
}

/** The symbols whose breaker is not closed, each as `ib/AAPL`. */
function findOpenSymbols(breakers: ReadonlyMap<string, BreakerStatus>): readonly (readonly [string, BreakerStatus])[] {
  return [...breakers]
    .filter(([, state]) => state !== 'closed')
    .slice(0, maxErrors)
    .map(([key, state]) => [key.replace('\n', '/'), state]);
}

/** A collector's state as `pipe status` and `/status` tell it. Keys are added freely and never renamed. */
export function buildStatusDocument(
  identity: CollectorIdentity,
  collectorState: CollectorState,
  counters: CollectorCounters,
  now: Instant,
): Readonly<Record<string, unknown>> {
  const { notReady } = checkHealth(collectorState, counters, now);
  return {
    ...identity,
    at: formatInstant(now),
    startedAt: formatInstant(collectorState.startedAt),
    healthy: notReady.length === 0,
    problems: notReady,
    pipelines: collectorState.runners.map((runner) => {
      const pipelineCounters = counters.forPipeline(runner.pipeline.name);
      return {
        name: runner.pipeline.name,
        file: runner.pipeline.file,
        running:
          runner.running === null
            ? null
            : { due: formatInstant(runner.running.cycle.due), startedAt: formatInstant(runner.running.startedAt) },
        waiting: runner.waiting,
        last:
          runner.last === null
            ? null
            : {
                due: formatInstant(runner.last.due),
                startedAt: formatInstant(runner.last.startedAt),
                endedAt: formatInstant(runner.last.endedAt),
                outcome: runner.last.outcome,
                reason: runner.last.reason,
                run: runner.last.run,
                requests: runner.last.requests,
                rows: runner.last.rows,
              },
        next: runner.next === null ? null : formatInstant(runner.next),
        cycles: omitZeros(pipelineCounters.cycles),
        missed: omitZeros(pipelineCounters.missed),
        sources: Object.fromEntries(
          runner.pipeline.providers.map((source) => [
            source,
            describeAnswering(pipelineCounters.answering.get(source)),
          ]),
        ),
        breakers: Object.fromEntries([
          ...pipelineCounters.breakers,
          ...findOpenSymbols(pipelineCounters.symbolBreakers),
        ]),
        symbolsWithErrors: pipelineCounters.latestErrors.size,
        errors: Object.fromEntries([...pipelineCounters.latestErrors].slice(0, maxErrors)),
      };
    }),
    refused: collectorState.invalidFiles.map(({ since, ...refused }) => ({ ...refused, since: formatInstant(since) })),
  };
}
