import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { RunEvent } from '../../core/events.js';
import { second } from '../../core/time/time.js';
import { missedReasons } from '../schedule/cycles.js';
import type { PipelineState, ScheduledPipeline } from '../pipeline-runner.js';
import type { ServeEvent } from '../serve-event.js';
import { cycleOutcomes } from '../worker.js';
import type { BreakerStatus, PipelineActivity } from './activity.js';

/** The metrics of one pipeline, in a registry of their own: pipelines may share metric names and differ in labels. */
export interface PipelineMetrics {
  readonly settings: ScheduledPipeline['metrics'];
  handle(event: ServeEvent): void;
  /** Sets the gauges. */
  update(state: PipelineState, activity: PipelineActivity): void;
  readonly registry: Registry;
}

/** Upper bounds in seconds, from a snapshot of one index to a night of many symbols. */
const durationBuckets = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1800, 3600, 7200];

export function createPipelineMetrics({ name, metrics: settings }: ScheduledPipeline): PipelineMetrics {
  const registry = new Registry();
  const counters = createCounters(registry, name, settings);
  const gauges = createGauges(registry, settings);
  const datasets = new Map<string, string>();
  const labels = { pipeline: name };
  return {
    settings,
    registry,
    update: (state, activity) => updateGauges(gauges, state, activity, settings.symbolLabel),
    handle(event) {
      switch (event.type) {
        case 'cycle-started':
          counters.delays.observe(labels, Math.max(0, event.at - event.cycle.due) / second);
          return;
        case 'cycle-ended':
          counters.cycles.inc({ ...labels, outcome: event.outcome });
          if (event.outcome === 'ok') counters.successes.inc(labels);
          counters.durations.observe(labels, (event.endedAt - event.startedAt) / second);
          return;
        case 'runs-missed':
          counters.missed.inc({ ...labels, reason: event.reason }, event.count);
          return;
        case 'run-event':
          countRunEvent(counters, event.event, datasets, labels, settings.symbolLabel);
          return;
        default:
          return;
      }
    },
  };
}

type PipelineCounters = ReturnType<typeof createCounters>;

function createCounters(registry: Registry, pipeline: string, { prefix, symbolLabel }: ScheduledPipeline['metrics']) {
  const describe = (name: string, help: string, ...labelNames: readonly string[]) => ({
    name: `${prefix}_${name}`,
    help,
    labelNames: ['pipeline', ...labelNames],
    registers: [registry],
  });
  const counters = {
    successes: new Counter(describe('collection_success_total', 'Cycles in which every task succeeded.')),
    cycles: new Counter(describe('collection_cycles_total', 'Ended cycles, by outcome.', 'outcome')),
    missed: new Counter(describe('collection_missed_total', 'Due times without a run, by reason.', 'reason')),
    durations: new Histogram({
      ...describe('collection_duration_seconds', 'Duration of cycles.'),
      buckets: durationBuckets,
    }),
    delays: new Histogram({
      ...describe('collection_start_delay_seconds', 'Time from the due time of cycles to their start.'),
      buckets: durationBuckets,
    }),
    failedTasks: new Counter(describe('collection_errors_total', 'Failed or partial tasks, by symbol.', symbolLabel)),
    optionRows: new Counter(describe('options_collected_total', 'Rows of options, by symbol.', symbolLabel)),
    rows: new Counter(describe('rows_stored_total', 'Committed rows, by table.', 'dataset')),
    requests: new Counter(describe('requests_total', 'Completed requests, by outcome.', 'provider', 'outcome')),
    retries: new Counter(describe('request_retries_total', 'Attempts after the first one.')),
    violations: new Counter(
      describe('quality_violations_total', 'Rows that violate a quality rule, as runs found them.', 'dataset', 'rule'),
    ),
    quarantined: new Counter(describe('quality_quarantined_total', 'Rows moved into quarantine.', 'dataset', 'rule')),
    budgetWaits: new Counter(
      describe('budget_wait_seconds_total', 'Time that requests waited for a budget.', 'provider', 'budget'),
    ),
  };
  // For Prometheus, a counter that first appears with the value 1 has not increased.
  counters.successes.inc({ pipeline }, 0);
  counters.retries.inc({ pipeline }, 0);
  counters.durations.zero({ pipeline });
  counters.delays.zero({ pipeline });
  for (const outcome of cycleOutcomes) counters.cycles.inc({ pipeline, outcome }, 0);
  for (const reason of missedReasons) counters.missed.inc({ pipeline, reason }, 0);
  return counters;
}

function countRunEvent(
  counters: PipelineCounters,
  event: RunEvent,
  datasets: Map<string, string>,
  labels: { readonly pipeline: string },
  symbolLabel: string,
): void {
  switch (event.type) {
    case 'planned':
      datasets.clear();
      for (const { step, dataset } of event.steps) datasets.set(step, dataset);
      return;
    case 'task-finished': {
      const { symbol, step, status, rows } = event;
      const symbolLabels = symbol === null ? labels : { ...labels, [symbolLabel]: symbol };
      if (datasets.get(step)?.startsWith('option_') === true) counters.optionRows.inc(symbolLabels, rows);
      counters.failedTasks.inc(symbolLabels, status === 'failed' || status === 'partial' ? 1 : 0);
      return;
    }
    case 'request-completed':
      counters.requests.inc({ ...labels, provider: event.provider, outcome: event.outcome });
      return;
    case 'request-retried':
      counters.retries.inc(labels);
      return;
    case 'rate-limited':
      counters.budgetWaits.inc({ ...labels, provider: event.provider, budget: event.budget }, event.waitedMs / second);
      return;
    case 'quality-checked': {
      const rule = { ...labels, dataset: event.dataset, rule: event.rule };
      counters.violations.inc(rule, event.violations);
      counters.quarantined.inc(rule, event.quarantined);
      return;
    }
    case 'committed':
      counters.rows.inc({ ...labels, dataset: event.dataset }, event.rows);
      return;
    default:
      return;
  }
}

type PipelineGauges = ReturnType<typeof createGauges>;

function createGauges(registry: Registry, { prefix, symbolLabel }: ScheduledPipeline['metrics']) {
  const gauge = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Gauge({ name: `${prefix}_${name}`, help, labelNames: ['pipeline', ...labelNames], registers: [registry] });
  return {
    providerHealth: gauge(
      'provider_health_status',
      '1 if the provider gave a usable response in the latest run that sent it requests, else 0.',
      'provider',
    ),
    breakers: gauge(
      'circuit_breaker_state',
      'Circuit breaker of the provider, and of each symbol at it: 0 closed, 1 half-open, 2 open.',
      'provider',
      symbolLabel,
    ),
    running: gauge('cycle_running', '1 while a cycle is in progress, else 0.'),
    queued: gauge('cycle_queued', '1 while a cycle waits for a free slot, else 0.'),
    lastCycle: gauge('last_cycle_timestamp_seconds', 'When the last cycle ended.'),
    checkErrors: gauge('lake_check_errors', 'Errors of the latest check of the lake; -1 if it could not be made.'),
    checkTime: gauge('lake_check_timestamp_seconds', 'When the latest check of the lake began.'),
    nextCycle: gauge('next_cycle_timestamp_seconds', 'When the next cycle is due.'),
  };
}

const breakerValues: Readonly<Record<BreakerStatus, number>> = { closed: 0, 'half-open': 1, open: 2 };

function updateGauges(
  gauges: PipelineGauges,
  { pipeline: { name, providers }, running, queued, last, next }: PipelineState,
  activity: PipelineActivity,
  symbolLabel: string,
): void {
  const labels = { pipeline: name };
  for (const gauge of Object.values(gauges)) gauge.reset();
  for (const provider of new Set<string>([...providers, ...activity.providers.keys()])) {
    const { breaker = 'closed', isAnswering = null, symbolBreakers } = activity.providers.get(provider) ?? {};
    gauges.breakers.set({ ...labels, provider }, breakerValues[breaker]);
    for (const [symbol, status] of symbolBreakers ?? [])
      gauges.breakers.set({ ...labels, provider, [symbolLabel]: symbol }, breakerValues[status]);
    const isUnhealthy = isAnswering === false || breaker === 'open' || last?.outcome === 'provider';
    // The health of a provider that received no request is unknown.
    if (isUnhealthy || isAnswering !== null) gauges.providerHealth.set({ ...labels, provider }, isUnhealthy ? 0 : 1);
  }
  gauges.running.set(labels, running === null ? 0 : 1);
  gauges.queued.set(labels, queued === null ? 0 : 1);
  if (activity.lastEnded !== null) gauges.lastCycle.set(labels, activity.lastEnded / second);
  const { lastCheck } = activity;
  if (lastCheck !== null) {
    gauges.checkErrors.set(labels, lastCheck.findings?.errors ?? -1);
    gauges.checkTime.set(labels, lastCheck.startedAt / second);
  }
  if (next !== null) gauges.nextCycle.set(labels, next / second);
}
