import { second } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { CollectorView } from './collector.js';
import type { Family, Sample } from './exposition.js';
import type { LaneView } from './lane.js';
import type { BreakerState, Meters, PipelineMeters } from './meters.js';

/** What a lake holds, as it was last looked at. */
export interface TableFigures {
  readonly dataset: string;
  readonly rows: number;
  /** The latest instant that a row is about; null for an empty table. */
  readonly newest: Instant | null;
  /** Windows that are not answered for good, by state. */
  readonly open: Readonly<Record<string, number>>;
}

/** What is left of one budget. */
export interface BudgetFigures {
  readonly provider: string;
  readonly budget: string;
  readonly limit: number;
  readonly left: number;
}

/** Everything that is measured, at one moment. */
export interface Measured {
  readonly now: Instant;
  readonly version: string;
  readonly view: CollectorView;
  readonly meters: Meters;
  readonly tables: readonly TableFigures[];
  readonly budgets: readonly BudgetFigures[];
  readonly healthy: boolean;
  readonly residentBytes: number;
}

/** What Prometheus is told. Names begin as each pipeline wishes; what is of the whole collector is told under each prefix. */
export function metricFamilies(measured: Measured): readonly Family[] {
  const prefixes = new Set(measured.view.lanes.map(({ pipeline }) => pipeline.metrics.prefix));
  if (prefixes.size === 0) prefixes.add('pipe');
  return [
    ...measured.view.lanes.flatMap((lane) => pipelineFamilies(lane, measured.meters.of(lane.pipeline.name))),
    ...[...prefixes].flatMap((prefix) => collectorFamilies(prefix, measured)),
  ];
}

const breakerValues: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

function pipelineFamilies(lane: LaneView, own: PipelineMeters): readonly Family[] {
  const { name: pipeline, providers, metrics } = lane.pipeline;
  const { prefix, symbolLabel } = metrics;
  const labels = { pipeline };
  const family = (name: string, type: Family['type'], help: string, samples: readonly Sample[]): Family => ({
    name: `${prefix}_${name}`,
    type,
    help,
    samples,
  });
  const by = (label: string, counts: ReadonlyMap<string, number>): readonly Sample[] =>
    [...counts].map(([key, value]) => ({ labels: { ...labels, [label]: key }, value }));
  const byProviderAnd = (label: string, counts: ReadonlyMap<string, number>): readonly Sample[] =>
    [...counts].map(([key, value]) => {
      const [provider = '', other = ''] = key.split('\n');
      return { labels: { ...labels, provider, [label]: other }, value };
    });
  const sources = [...new Set<string>([...providers, ...own.breakers.keys()])];
  const breakerOf = (provider: string): number => breakerValues[own.breakers.get(provider) ?? 'closed'];
  const isAnswering = (provider: string): boolean =>
    own.answering.get(provider) !== false && own.breakers.get(provider) !== 'open' && lane.last?.outcome !== 'provider';
  // Of a source that nobody has asked there is nothing to say.
  const asked = sources.filter((provider) => own.answering.has(provider) || !isAnswering(provider));
  const moment = (instant: Instant | null): readonly Sample[] =>
    instant === null ? [] : [{ labels, value: instant / second }];
  return [
    family('collection_success_total', 'counter', 'Cycles that ended with every task done.', [
      { labels, value: own.cycles.get('ok') ?? 0 },
    ]),
    family('collection_cycles_total', 'counter', 'Cycles that ended, by how.', by('outcome', own.cycles)),
    family('collection_missed_total', 'counter', 'Due times that were not run, by why.', by('reason', own.missed)),
    family('collection_duration_seconds', 'histogram', 'How long cycles took.', own.durations.samples(labels)),
    family('collection_errors_total', 'counter', 'Tasks that failed, by symbol.', by(symbolLabel, own.errors)),
    family('options_collected_total', 'counter', 'Rows of options, by symbol.', by(symbolLabel, own.options)),
    family('rows_stored_total', 'counter', 'Rows committed, by table.', by('dataset', own.rows)),
    family('requests_total', 'counter', 'Answered requests, by outcome.', byProviderAnd('outcome', own.requests)),
    family('request_retries_total', 'counter', 'Attempts after the first one.', [{ labels, value: own.retries }]),
    family(
      'budget_wait_seconds_total',
      'counter',
      'How long requests waited for a budget.',
      byProviderAnd('budget', own.waited),
    ),
    family(
      'provider_health_status',
      'gauge',
      'Whether the source answered when it was last asked: 1, or 0.',
      asked.map((provider) => ({ labels: { ...labels, provider }, value: isAnswering(provider) ? 1 : 0 })),
    ),
    family(
      'circuit_breaker_state',
      'gauge',
      'The breaker around the source, and around each symbol at it: 0 closed, 1 half open, 2 open.',
      [
        ...sources.map((provider) => ({ labels: { ...labels, provider }, value: breakerOf(provider) })),
        ...byProviderAnd(symbolLabel, valuesOf(own.symbolBreakers)),
      ],
    ),
    family('cycle_running', 'gauge', 'Whether a cycle is going on: 1, or 0.', [
      { labels, value: lane.running === null ? 0 : 1 },
    ]),
    family('last_cycle_timestamp_seconds', 'gauge', 'When the last cycle ended.', moment(own.lastEnded)),
    family('next_cycle_timestamp_seconds', 'gauge', 'When the next cycle is due.', moment(lane.next)),
  ];
}

function valuesOf(breakers: ReadonlyMap<string, BreakerState>): ReadonlyMap<string, number> {
  return new Map([...breakers].map(([key, state]) => [key, breakerValues[state]]));
}

function collectorFamilies(prefix: string, measured: Measured): readonly Family[] {
  const { now, tables, budgets, view } = measured;
  const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
    name: `${prefix}_${name}`,
    type: 'gauge',
    help,
    samples,
  });
  const perBudget = (value: (budget: BudgetFigures) => number): readonly Sample[] =>
    budgets.map((of) => ({ labels: { provider: of.provider, budget: of.budget }, value: value(of) }));
  const perTable = (value: (table: TableFigures) => number | null): readonly Sample[] =>
    tables.flatMap((table) => {
      const found = value(table);
      return found === null ? [] : [{ labels: { dataset: table.dataset }, value: found }];
    });
  const one = (value: number): readonly Sample[] => [{ labels: {}, value }];
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
    gauge('pipelines_refused', 'Files whose pipeline cannot be used as it is.', one(view.refused.length)),
    gauge(
      'collector_healthy',
      'Whether the collector has nothing to complain of: 1, or 0.',
      one(measured.healthy ? 1 : 0),
    ),
    gauge('collector_info', 'Which version collects.', [{ labels: { version: measured.version }, value: 1 }]),
    gauge('collector_start_timestamp_seconds', 'When the collector began.', one(view.startedAt / second)),
    gauge(
      'collector_resident_memory_bytes',
      'The memory of the collector, without its runs.',
      one(measured.residentBytes),
    ),
  ];
}
