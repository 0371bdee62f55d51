import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { CollectorView } from './collector.js';
import { healthOf } from './health.js';
import type { BreakerState, Meters } from './meters.js';

/** Who collects, and where it can be asked. */
export interface CollectorIdentity {
  readonly pid: number;
  readonly host: string;
  /** `http://127.0.0.1:9108`; null when it answers nobody. */
  readonly address: string | null;
}

/** So many symbols with errors are named; the rest is counted. */
const mostErrors = 100;

function counted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

/** Whether a source gave answers when it was last asked, as far as this collector knows. */
function answeringWords(isAnswering: boolean | undefined): 'answering' | 'not answering' | 'not asked yet' {
  if (isAnswering === undefined) return 'not asked yet';
  return isAnswering ? 'answering' : 'not answering';
}

/** The symbols whose breaker is not closed, each as `ib/AAPL`. */
function openSymbols(breakers: ReadonlyMap<string, BreakerState>): readonly (readonly [string, BreakerState])[] {
  return [...breakers]
    .filter(([, state]) => state !== 'closed')
    .slice(0, mostErrors)
    .map(([key, state]) => [key.replace('\n', '/'), state]);
}

/** A collector's state as `pipe status` and `/status` tell it. Keys are added freely and never renamed. */
export function statusDocument(
  who: CollectorIdentity,
  view: CollectorView,
  meters: Meters,
  now: Instant,
): Readonly<Record<string, unknown>> {
  const { unready } = healthOf(view, meters, now);
  return {
    ...who,
    at: isoInstant(now),
    startedAt: isoInstant(view.startedAt),
    healthy: unready.length === 0,
    problems: unready,
    pipelines: view.lanes.map((lane) => {
      const own = meters.of(lane.pipeline.name);
      return {
        name: lane.pipeline.name,
        file: lane.pipeline.file,
        running:
          lane.running === null
            ? null
            : { due: isoInstant(lane.running.cycle.due), startedAt: isoInstant(lane.running.startedAt) },
        waiting: lane.waiting,
        last:
          lane.last === null
            ? null
            : {
                due: isoInstant(lane.last.due),
                startedAt: isoInstant(lane.last.startedAt),
                endedAt: isoInstant(lane.last.endedAt),
                outcome: lane.last.outcome,
                reason: lane.last.reason,
                run: lane.last.run,
                requests: lane.last.requests,
                rows: lane.last.rows,
              },
        next: lane.next === null ? null : isoInstant(lane.next),
        cycles: counted(own.cycles),
        missed: counted(own.missed),
        sources: Object.fromEntries(
          lane.pipeline.providers.map((source) => [source, answeringWords(own.answering.get(source))]),
        ),
        breakers: Object.fromEntries([...own.breakers, ...openSymbols(own.symbolBreakers)]),
        symbolsWithErrors: own.latestErrors.size,
        errors: Object.fromEntries([...own.latestErrors].slice(0, mostErrors)),
      };
    }),
    refused: view.refused.map(({ since, ...refused }) => ({ ...refused, since: isoInstant(since) })),
  };
}
