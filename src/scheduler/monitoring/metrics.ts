import { second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { CollectorState } from '../collector.js';
import type { MetricFamily, MetricSample } from './exposition.js';
import type { PipelineState } from '../pipeline-runner.js';
import type { BreakerStatus, CollectorCounters, PipelineCounters } from './counters.js';

/** What a lake holds, as it was last looked at. */
export interface TableStats {
  readonly dataset: string;
  readonly rows: number;
  /** The latest instant that a row is about; null for an empty table. */
  readonly newest: Instant | null;
  /** Windows that are not answered for good, by state. */
  readonly open: Readonly<Record<string, number>>;
}

/** What is left of one budget. */
export interface BudgetUsage {
  readonly provider: string;
  readonly budget: string;
  readonly limit: number;
  readonly left: number;
}

/** Everything that is measured, at one moment. */
export interface MetricsInput {
  readonly now: Instant;
  readonly version: string;
  readonly collector: CollectorState;
  readonly counters: CollectorCounters;
  readonly tables: readonly TableStats[];
  readonly budgets: readonly BudgetUsage[];
  readonly healthy: boolean;
  readonly residentBytes: number;
}

/** What Prometheus is told. Names begin as each pipeline wishes; what is of the whole collector is told under each prefix. */
export function buildMetrics(input: MetricsInput): readonly MetricFamily[] {
  const prefixes = new Set(input.collector.runners.map(({ pipeline }) => pipeline.metrics.prefix));
  if (prefixes.size === 0) prefixes.add('pipe');
  return [
    ...input.collector.runners.flatMap((runner) =>
      buildPipelineMetrics(runner, input.counters.forPipeline(runner.pipeline.name)),
    ),
    ...[...prefixes].flatMap((prefix) => buildCollectorMetrics(prefix, input)),
  ];
}

const breakerValues: Readonly<Record<BreakerStatus, number>> = { closed: 0, 'half-open': 1, open: 2 };

function buildPipelineMetrics(runner: PipelineState, counters: PipelineCounters): readonly MetricFamily[] {
  const { name: pipeline, providers, metrics } = runner.pipeline;
  const { prefix, symbolLabel } = metrics;
  const labels = { pipeline };
  const family = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    samples: readonly MetricSample[],
  ): MetricFamily => ({
    name: `${prefix}_${name}`,
    type,
    help,
    samples,
  });
  const samplesBy = (label: string, counts: ReadonlyMap<string, number>): readonly MetricSample[] =>
    [...counts].map(([key, value]) => ({ labels: { ...labels, [label]: key }, value }));
  const samplesByProviderAnd = (label: string, counts: ReadonlyMap<string, number>): readonly MetricSample[] =>
    [...counts].map(([key, value]) => {
      const [provider = '', other = ''] = key.split('\n');
      return { labels: { ...labels, provider, [label]: other }, value };
    });
  const allProviders = [...new Set<string>([...providers, ...counters.breakers.keys()])];
  const getBreakerValue = (provider: string): number => breakerValues[counters.breakers.get(provider) ?? 'closed'];
  const isAnswering = (provider: string): boolean =>
    counters.answering.get(provider) !== false &&
    counters.breakers.get(provider) !== 'open' &&
    runner.last?.outcome !== 'provider';
  // Of a source that nobody has asked there is nothing to say.
  const knownProviders = allProviders.filter((provider) => counters.answering.has(provider) || !isAnswering(provider));
  const timestamp = (instant: Instant | null): readonly MetricSample[] =>
    instant === null ? [] : [{ labels, value: instant / second }];
  return [
    family('collection_success_total', 'counter', 'Cycles that ended with every task done.', [
      { labels, value: counters.cycles.get('ok') ?? 0 },
    ]),
    family('collection_cycles_total', 'counter', 'Cycles that ended, by how.', samplesBy('outcome', counters.cycles)),
    family(
      'collection_missed_total',
      'counter',
      'Due times that were not run, by why.',
      samplesBy('reason', counters.missed),
    ),
    family('collection_duration_seconds', 'histogram', 'How long cycles took.', counters.durations.samples(labels)),
    family(
      'collection_errors_total',
      'counter',
      'Tasks that failed, by symbol.',
      samplesBy(symbolLabel, counters.failedTasks),
    ),
    family(
      'options_collected_total',
      'counter',
      'Rows of options, by symbol.',
      samplesBy(symbolLabel, counters.optionRows),
    ),
    family('rows_stored_total', 'counter', 'Rows committed, by table.', samplesBy('dataset', counters.rows)),
    family(
      'requests_total',
      'counter',
      'Answered requests, by outcome.',
      samplesByProviderAnd('outcome', counters.requests),
    ),
    family('request_retries_total', 'counter', 'Attempts after the first one.', [{ labels, value: counters.retries }]),
    family(
      'budget_wait_seconds_total',
      'counter',
      'How long requests waited for a budget.',
      samplesByProviderAnd('budget', counters.budgetWaits),
    ),
    family(
      'provider_health_status',
      'gauge',
      'Whether the source answered when it was last asked: 1, or 0.',
      knownProviders.map((provider) => ({ labels: { ...labels, provider }, value: isAnswering(provider) ? 1 : 0 })),
    ),
    family(
      'circuit_breaker_state',
      'gauge',
      'The breaker around the source, and around each symbol at it: 0 closed, 1 half open, 2 open.',
      [
        ...allProviders.map((provider) => ({ labels: { ...labels, provider }, value: getBreakerValue(provider) })),
        ...samplesByProviderAnd(symbolLabel, toBreakerValues(counters.symbolBreakers)),
      ],
    ),
    family('cycle_running', 'gauge', 'Whether a cycle is going on: 1, or 0.', [
      { labels, value: runner.running === null ? 0 : 1 },
    ]),
    family('last_cycle_timestamp_seconds', 'gauge', 'When the last cycle ended.', timestamp(counters.lastEnded)),
    family('next_cycle_timestamp_seconds', 'gauge', 'When the next cycle is due.', timestamp(runner.next)),
  ];
}

function toBreakerValues(breakers: ReadonlyMap<string, BreakerStatus>): ReadonlyMap<string, number> {
  return new Map([...breakers].map(([key, state]) => [key, breakerValues[state]]));
}

function buildCollectorMetrics(prefix: string, input: MetricsInput): readonly MetricFamily[] {
  const { now, tables, budgets, collector } = input;
  const gauge = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
    name: `${prefix}_${name}`,
    type: 'gauge',
    help,
    samples,
  });
  const perBudget = (value: (budget: BudgetUsage) => number): readonly MetricSample[] =>
    budgets.map((budget) => ({ labels: { provider: budget.provider, budget: budget.budget }, value: value(budget) }));
  const perTable = (value: (table: TableStats) => number | null): readonly MetricSample[] =>
    tables.flatMap((table) => {
      const found = value(table);
      return found === null ? [] : [{ labels: { dataset: table.dataset }, value: found }];
    });
  const single = (value: number): readonly MetricSample[] => [{ labels: {}, value }];
  return [
    gauge(
      'budget_limit',
      'What each budget allows in its span.',
      perBudget(({ limit }) => limit),
    ),
    gauge(
      'budget_left',
      'What is left of each budget now.',
      perBudget(({ left }) => left),
    ),
    gauge(
      'budget_used',
      'What is spent of each budget now.',
      perBudget(({ limit, left }) => limit - left),
    ),
    gauge(
      'lake_rows',
      'Rows of each table.',
      perTable(({ rows }) => rows),
    ),
    gauge(
      'lake_newest_row_age_seconds',
      'How long ago the newest row of each table was.',
      perTable(({ newest }) => (newest === null ? null : Math.max(0, now - newest) / second)),
    ),
    gauge(
      'gaps_open',
      'Windows that are not answered for good, by table and state.',
      tables.flatMap(({ dataset, open }) =>
        Object.entries(open).map(([state, value]) => ({ labels: { dataset, state }, value })),
      ),
    ),
    gauge('pipelines_refused', 'Files whose pipeline cannot be used as it is.', single(collector.invalidFiles.length)),
    gauge(
      'collector_healthy',
      'Whether the collector has nothing to complain of: 1, or 0.',
      single(input.healthy ? 1 : 0),
    ),
    gauge('collector_info', 'Which version collects.', [{ labels: { version: input.version }, value: 1 }]),
    gauge('collector_start_timestamp_seconds', 'When the collector began.', single(collector.startedAt / second)),
    gauge(
      'collector_resident_memory_bytes',
      'The memory of the collector, without its runs.',
      single(input.residentBytes),
    ),
  ];
}
