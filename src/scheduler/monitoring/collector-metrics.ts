import { Gauge, Registry } from 'prom-client';

import { second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { CollectorState } from '../collector.js';

/** The content of one table of the lake at the last check. */
export interface TableStats {
  readonly dataset: string;
  readonly rows: number;
  /** The latest instant that a row refers to; null for an empty table. */
  readonly newest: Instant | null;
  /** Number of windows without a final response, by state. */
  readonly open: Readonly<Record<string, number>>;
}

/** The remaining amount of one budget. */
export interface BudgetUsage {
  readonly provider: string;
  readonly budget: string;
  readonly limit: number;
  readonly left: number;
}

/** The values of a collector's metrics at one instant. */
export interface CollectorMetricsInput {
  readonly now: Instant;
  readonly version: string;
  readonly collector: CollectorState;
  readonly tables: readonly TableStats[];
  readonly budgets: readonly BudgetUsage[];
  readonly isHealthy: boolean;
  readonly residentBytes: number;
}

/** Builds the metrics of the collector as a whole. */
export function buildCollectorMetrics(prefix: string, input: CollectorMetricsInput): Registry {
  const { now, tables, budgets, collector } = input;
  const registry = new Registry();
  const gauge = (name: string, help: string, ...labelNames: readonly string[]): Gauge =>
    new Gauge({ name: `${prefix}_${name}`, help, labelNames: [...labelNames], registers: [registry] });

  const limit = gauge('budget_limit', 'Requests that the budget allows in its window.', 'provider', 'budget');
  const left = gauge('budget_left', 'Requests that the budget has left now.', 'provider', 'budget');
  const used = gauge('budget_used', 'Requests that the budget has spent now.', 'provider', 'budget');
  for (const { provider, budget, ...usage } of budgets) {
    limit.set({ provider, budget }, usage.limit);
    left.set({ provider, budget }, usage.left);
    used.set({ provider, budget }, usage.limit - usage.left);
  }

  const rows = gauge('lake_rows', 'Rows of each table.', 'dataset');
  const age = gauge('lake_newest_row_age_seconds', 'Age of the newest row of each table.', 'dataset');
  const gaps = gauge('gaps_open', 'Windows without a final response, by table and state.', 'dataset', 'state');
  for (const { dataset, newest, open, ...table } of tables) {
    rows.set({ dataset }, table.rows);
    if (newest !== null) age.set({ dataset }, Math.max(0, now - newest) / second);
    for (const [state, count] of Object.entries(open)) gaps.set({ dataset, state }, count);
  }

  const { slots } = collector;
  gauge('runs_max', 'Runs that may be in progress at once.').set(slots.max);
  gauge('runs_in_progress', 'Runs in progress.').set(slots.running);
  gauge('runs_queued', 'Runs that are due and wait for a free slot.').set(slots.queued);
  gauge('pipelines_refused', 'Invalid pipeline files.').set(collector.invalidFiles.length);
  gauge('collector_healthy', '1 if the collector has no problem, else 0.').set(input.isHealthy ? 1 : 0);
  gauge('collector_info', 'Version of the collector.', 'version').set({ version: input.version }, 1);
  gauge('collector_start_timestamp_seconds', 'When the collector started.').set(collector.startedAt / second);
  gauge('collector_resident_memory_bytes', 'Memory of the collector, without its runs.').set(input.residentBytes);
  return registry;
}
