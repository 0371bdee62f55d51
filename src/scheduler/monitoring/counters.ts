import type { RunEvent } from '../../core/events.js';
import { second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { missedReasons } from '../schedule/cycles.js';
import { createHistogram } from './histogram.js';
import type { Histogram } from './histogram.js';
import type { ServeEvent } from '../serve-event.js';
import { cycleOutcomes } from '../worker.js';

/** The state of the circuit breaker around a source, as it was last heard of. */
export type BreakerStatus = 'closed' | 'half-open' | 'open';

/** What is counted of one pipeline; it grows with its symbols and sources, never with time. */
export interface PipelineCounters {
  /** Ended cycles by outcome. */
  readonly cycles: Map<string, number>;
  /** Due times that were not run, by reason. */
  readonly missed: Map<string, number>;
  readonly durations: Histogram;
  /** Rows of options by symbol. */
  readonly optionRows: Map<string, number>;
  /** Tasks that failed, wholly or in part, by symbol. */
  readonly failedTasks: Map<string, number>;
  /** The same of the latest cycle that has ended, with the reason. */
  latestErrors: ReadonlyMap<string, string>;
  /** Rows committed, by table. */
  readonly rows: Map<string, number>;
  /** By source and outcome, joined by a line break. */
  readonly requests: Map<string, number>;
  retries: number;
  /** Due times that have passed while the cycle under way was going. */
  overlaps: number;
  /** In seconds, by source and budget, joined by a line break. */
  readonly budgetWaits: Map<string, number>;
  /** By source. */
  readonly breakers: Map<string, BreakerStatus>;
  /** By source and symbol, joined by a line break; of every symbol that was asked for. */
  readonly symbolBreakers: Map<string, BreakerStatus>;
  /** Whether each source gave any answer of use in the latest run that asked it. */
  readonly answering: Map<string, boolean>;
  /** The sources that did so in the run under way. */
  readonly usefulProviders: Set<string>;
  lastEnded: Instant | null;
  /** The tables of the steps of the run under way, and who answers them. */
  readonly steps: Map<string, { readonly dataset: string; readonly provider: string }>;
}

/** What a collector has measured since it began. */
export interface CollectorCounters {
  take(event: ServeEvent): void;
  forPipeline(pipeline: string): PipelineCounters;
  /** Notes whom runs before the collector have left alone. */
  restoreBreaker(breaker: { readonly pipeline: string; readonly source: string; readonly symbol: string | null }): void;
  /** Why the memory of a pipeline could not be written, while that is so. */
  readonly saveErrors: ReadonlyMap<string, string>;
}

/** Upper bounds in seconds: from a snapshot of one index to a night of many symbols. */
const durationBounds = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1800, 3600, 7200];

export function createCounters(): CollectorCounters {
  const byPipeline = new Map<string, PipelineCounters>();
  const saveErrors = new Map<string, string>();
  const forPipeline = (pipeline: string): PipelineCounters => {
    let found = byPipeline.get(pipeline);
    if (found === undefined) byPipeline.set(pipeline, (found = emptyCounters()));
    return found;
  };
  return {
    forPipeline,
    saveErrors,
    restoreBreaker({ pipeline, source, symbol }) {
      const { breakers, symbolBreakers } = forPipeline(pipeline);
      if (symbol === null) breakers.set(source, 'open');
      else symbolBreakers.set(`${source}\n${symbol}`, 'open');
    },
    take(event) {
      switch (event.type) {
        case 'cycle-started':
          forPipeline(event.pipeline).overlaps = 0;
          saveErrors.delete(event.pipeline);
          return;
        case 'cycle-ended': {
          const counters = forPipeline(event.pipeline);
          increment(counters.cycles, event.outcome);
          counters.durations.observe((event.endedAt - event.startedAt) / second);
          counters.lastEnded = event.endedAt;
          // A cycle that came to no run says nothing of them.
          if (event.run !== null)
            counters.latestErrors = new Map(event.failed.map(({ symbol, reason }) => [symbol, reason]));
          return;
        }
        case 'runs-missed':
          increment(forPipeline(event.pipeline).missed, event.reason, event.count);
          if (event.reason === 'overlap') forPipeline(event.pipeline).overlaps += event.count;
          return;
        case 'run-event':
          countRunEvent(forPipeline(event.pipeline), event.event);
          return;
        case 'state-save-failed':
          saveErrors.set(event.pipeline, event.message);
          return;
        case 'pipeline-loaded':
          forPipeline(event.pipeline);
          return;
        case 'pipeline-removed':
          byPipeline.delete(event.pipeline);
          return;
        case 'pipeline-rejected':
        case 'rejection-cleared':
        case 'orphan-run-found':
        case 'orphan-run-ended':
        case 'pipeline-unscheduled':
        case 'alert-delivery-failed':
        case 'stopping':
          return;
      }
    },
  };
}

function emptyCounters(): PipelineCounters {
  return {
    cycles: zeroCounts(cycleOutcomes),
    missed: zeroCounts(missedReasons),
    durations: createHistogram(durationBounds),
    optionRows: new Map(),
    failedTasks: new Map(),
    latestErrors: new Map(),
    rows: new Map(),
    requests: new Map(),
    retries: 0,
    overlaps: 0,
    budgetWaits: new Map(),
    breakers: new Map(),
    symbolBreakers: new Map(),
    answering: new Map(),
    usefulProviders: new Set(),
    lastEnded: null,
    steps: new Map(),
  };
}

/** Counters begin at nought: one that begins at one has, for Prometheus, not grown. */
function zeroCounts(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

function countRunEvent(counters: PipelineCounters, event: RunEvent): void {
  switch (event.type) {
    case 'run-started':
      counters.usefulProviders.clear();
      // What is open still from an earlier run is told again.
      for (const breakers of [counters.breakers, counters.symbolBreakers])
        for (const key of breakers.keys()) breakers.set(key, 'closed');
      return;
    case 'planned':
      counters.steps.clear();
      for (const { step, dataset, provider } of event.steps) counters.steps.set(step, { dataset, provider });
      return;
    case 'task-finished': {
      const { symbol, step, status, rows } = event;
      const { dataset = '', provider = '' } = counters.steps.get(step) ?? {};
      if (dataset.startsWith('option_')) increment(counters.optionRows, symbol, rows);
      increment(counters.failedTasks, symbol, status === 'failed' || status === 'partial' ? 1 : 0);
      const key = `${provider}\n${symbol}`;
      if (event.requests > 0 && !counters.symbolBreakers.has(key)) counters.symbolBreakers.set(key, 'closed');
      return;
    }
    case 'request-completed': {
      const { provider, outcome } = event;
      increment(counters.requests, `${provider}\n${outcome}`);
      if (outcome === 'rows' || outcome === 'empty' || outcome === 'partial') counters.usefulProviders.add(provider);
      counters.answering.set(provider, counters.usefulProviders.has(provider));
      return;
    }
    case 'request-retried':
      counters.retries++;
      return;
    case 'rate-limited':
      increment(counters.budgetWaits, `${event.provider}\n${event.budget}`, event.waitedMs / second);
      return;
    case 'breaker-changed':
      if (event.symbol === undefined) counters.breakers.set(event.provider, event.state);
      else counters.symbolBreakers.set(`${event.provider}\n${event.symbol}`, event.state);
      return;
    case 'committed':
      increment(counters.rows, event.dataset, event.rows);
      return;
    default:
      return;
  }
}

function increment(counts: Map<string, number>, key: string, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
