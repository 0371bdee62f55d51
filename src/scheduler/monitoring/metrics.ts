import { AggregatorRegistry } from 'prom-client';

import type { ScheduledPipeline } from '../pipeline-runner.js';
import type { ServeEvent } from '../serve-event.js';
import type { CollectorActivity } from './activity.js';
import { buildCollectorMetrics } from './collector-metrics.js';
import type { CollectorMetricsInput } from './collector-metrics.js';
import { createPipelineMetrics } from './pipeline-metrics.js';
import type { PipelineMetrics } from './pipeline-metrics.js';

/** The Prometheus metrics of a collector and its pipelines. */
export interface Metrics {
  /** Creates the counters of a pipeline before its first event; they restart at 0 if its names or labels change. */
  setPipeline(pipeline: ScheduledPipeline): void;
  handle(event: ServeEvent): void;
  /** Renders all metrics in Prometheus' text format. */
  render(input: CollectorMetricsInput): Promise<string>;
}

export function createMetrics(activity: Pick<CollectorActivity, 'forPipeline'>): Metrics {
  const byPipeline = new Map<string, PipelineMetrics>();
  return {
    setPipeline(pipeline) {
      const { prefix, symbolLabel } = byPipeline.get(pipeline.name)?.settings ?? {};
      const { metrics } = pipeline;
      if (prefix === metrics.prefix && symbolLabel === metrics.symbolLabel) return;
      byPipeline.set(pipeline.name, createPipelineMetrics(pipeline));
    },
    handle(event) {
      if (!('pipeline' in event)) return;
      byPipeline.get(event.pipeline)?.handle(event);
      if (event.type === 'pipeline-removed') byPipeline.delete(event.pipeline);
    },
    async render(input) {
      const { runners } = input.collector;
      const prefixes = new Set(runners.map(({ pipeline }) => pipeline.metrics.prefix));
      if (prefixes.size === 0) prefixes.add('pipe');
      const registries = [...prefixes].map((prefix) => buildCollectorMetrics(prefix, input));
      for (const runner of runners) {
        const { name } = runner.pipeline;
        const metrics = byPipeline.get(name);
        if (metrics === undefined) continue;
        metrics.update(runner, activity.forPipeline(name));
        registries.push(metrics.registry);
      }
      const documents = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
      return AggregatorRegistry.aggregate(documents).metrics();
    },
  };
}
