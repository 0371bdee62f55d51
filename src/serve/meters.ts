import type { RunEvent } from '../core/events.js';
import { second } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { missedReasons } from './cycles.js';
import { histogram } from './histogram.js';
import type { Histogram } from './histogram.js';
import type { ServeEvent } from './serve-event.js';
import { cycleOutcomes } from './worker.js';

/** The state of the circuit breaker around a source, as it was last heard of. */
export type BreakerState = 'closed' | 'half-open' | 'open';

/** What is counted of one pipeline; it grows with its symbols and sources, never with time. */
export interface PipelineMeters {
  /** Ended cycles by outcome. */
  readonly cycles: Map<string, number>;
  /** Due times that were not run, by reason. */
  readonly missed: Map<string, number>;
  readonly durations: Histogram;
  /** Rows of options by symbol. */
  readonly options: Map<string, number>;
  /** Tasks that failed, wholly or in part, by symbol. */
  readonly errors: Map<string, number>;
  /** The same of the latest cycle that has ended, with the reason. */
  latestErrors: ReadonlyMap<string, string>;
  /** Rows committed, by table. */
  readonly rows: Map<string, number>;
  /** By source and outcome, joined by a line break. */
  readonly requests: Map<string, number>;
  retries: number;
  /** Due times that have passed while the cycle under way was going. */
  overlapped: number;
  /** In seconds, by source and budget, joined by a line break. */
  readonly waited: Map<string, number>;
  /** By source. */
  readonly breakers: Map<string, BreakerState>;
  /** By source and symbol, joined by a line break; of every symbol that was asked for. */
  readonly symbolBreakers: Map<string, BreakerState>;
  /** Whether each source gave any answer of use in the latest run that asked it. */
  readonly answering: Map<string, boolean>;
  /** The sources that did so in the run under way. */
  readonly useful: Set<string>;
  lastEnded: Instant | null;
  /** The tables of the steps of the run under way, and who answers them. */
  readonly steps: Map<string, { readonly dataset: string; readonly provider: string }>;
}

/** What a collector has measured since it began. */
export interface Meters {
  take(event: ServeEvent): void;
  of(pipeline: string): PipelineMeters;
  /** Notes whom runs before the collector have left alone. */
  inherit(breaker: { readonly pipeline: string; readonly source: string; readonly symbol: string | null }): void;
  /** Why the memory of a pipeline could not be written, while that is so. */
  readonly unwritten: ReadonlyMap<string, string>;
}

/** Upper bounds in seconds: from a snapshot of one index to a night of many symbols. */
const durationBounds = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1800, 3600, 7200];

export function meters(): Meters {
  const byPipeline = new Map<string, PipelineMeters>();
  const unwritten = new Map<string, string>();
  const of = (pipeline: string): PipelineMeters => {
    let found = byPipeline.get(pipeline);
    if (found === undefined) byPipeline.set(pipeline, (found = noneYet()));
    return found;
  };
  return {
    of,
    unwritten,
    inherit({ pipeline, source, symbol }) {
      const { breakers, symbolBreakers } = of(pipeline);
      if (symbol === null) breakers.set(source, 'open');
      else symbolBreakers.set(`${source}\n${symbol}`, 'open');
    },
    take(event) {
      switch (event.type) {
        case 'cycle-started':
          of(event.pipeline).overlapped = 0;
          unwritten.delete(event.pipeline);
          return;
        case 'cycle-ended': {
          const own = of(event.pipeline);
          add(own.cycles, event.outcome);
          own.durations.observe((event.endedAt - event.startedAt) / second);
          own.lastEnded = event.endedAt;
          // A cycle that came to no run says nothing of them.
          if (event.run !== null)
            own.latestErrors = new Map(event.failed.map(({ symbol, reason }) => [symbol, reason]));
          return;
        }
        case 'cycles-missed':
          add(of(event.pipeline).missed, event.reason, event.count);
          if (event.reason === 'overlap') of(event.pipeline).overlapped += event.count;
          return;
        case 'run-event':
          takeRunEvent(of(event.pipeline), event.event);
          return;
        case 'state-unwritten':
          unwritten.set(event.pipeline, event.message);
          return;
        case 'pipeline-taken':
          of(event.pipeline);
          return;
        case 'pipeline-dropped':
          byPipeline.delete(event.pipeline);
          return;
        case 'pipeline-refused':
        case 'refusal-over':
        case 'run-outlived':
        case 'outlived-ended':
        case 'pipeline-unscheduled':
        case 'alerts-untold':
        case 'stopping':
          return;
      }
    },
  };
}

function noneYet(): PipelineMeters {
  return {
    cycles: noneOf(cycleOutcomes),
    missed: noneOf(missedReasons),
    durations: histogram(durationBounds),
    options: new Map(),
    errors: new Map(),
    latestErrors: new Map(),
    rows: new Map(),
    requests: new Map(),
    retries: 0,
    overlapped: 0,
    waited: new Map(),
    breakers: new Map(),
    symbolBreakers: new Map(),
    answering: new Map(),
    useful: new Set(),
    lastEnded: null,
    steps: new Map(),
  };
}

/** Counters begin at nought: one that begins at one has, for Prometheus, not grown. */
function noneOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

function takeRunEvent(own: PipelineMeters, event: RunEvent): void {
  switch (event.type) {
    case 'run-started':
      own.useful.clear();
      // What is open still from an earlier run is told again.
      for (const breakers of [own.breakers, own.symbolBreakers])
        for (const key of breakers.keys()) breakers.set(key, 'closed');
      return;
    case 'planned':
      own.steps.clear();
      for (const { step, dataset, provider } of event.steps) own.steps.set(step, { dataset, provider });
      return;
    case 'task-finished': {
      const { symbol, step, status, rows } = event;
      const { dataset = '', provider = '' } = own.steps.get(step) ?? {};
      if (dataset.startsWith('option_')) add(own.options, symbol, rows);
      add(own.errors, symbol, status === 'failed' || status === 'partial' ? 1 : 0);
      const key = `${provider}\n${symbol}`;
      if (event.requests > 0 && !own.symbolBreakers.has(key)) own.symbolBreakers.set(key, 'closed');
      return;
    }
    case 'request-answered': {
      const { provider, outcome } = event;
      add(own.requests, `${provider}\n${outcome}`);
      if (outcome === 'rows' || outcome === 'empty' || outcome === 'partial') own.useful.add(provider);
      own.answering.set(provider, own.useful.has(provider));
      return;
    }
    case 'request-retried':
      own.retries++;
      return;
    case 'budget-waited':
      add(own.waited, `${event.provider}\n${event.budget}`, event.waited / second);
      return;
    case 'breaker-changed':
      if (event.symbol === undefined) own.breakers.set(event.provider, event.state);
      else own.symbolBreakers.set(`${event.provider}\n${event.symbol}`, event.state);
      return;
    case 'committed':
      add(own.rows, event.dataset, event.rows);
      return;
    default:
      return;
  }
}

function add(counts: Map<string, number>, key: string, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
