import { hour, second } from '../../../src/core/time/time.js';
import type { RunEventBody } from '../../../src/core/events.js';
import type { CollectorState } from '../../../src/scheduler/collector.js';
import { createActivity } from '../../../src/scheduler/monitoring/activity.js';
import { createMetrics } from '../../../src/scheduler/monitoring/metrics.js';
import type { PipelineState } from '../../../src/scheduler/pipeline-runner.js';
import type { ServeEvent } from '../../../src/scheduler/serve-event.js';
import { every, createSchedule, createScheduledPipeline } from '../schedules.js';

export const now = Date.UTC(2026, 10, 20, 15);

/** Builds the metrics of two pipelines with different prefixes after a cycle with events of every kind. */
export async function buildSampleMetrics() {
  const activity = createActivity();
  const metrics = createMetrics(activity);
  const emit = (event: ServeEvent): void => {
    activity.handle(event);
    metrics.handle(event);
  };
  const run = (pipeline: string, event: RunEventBody): void => {
    emit({ at: now, type: 'run-event', pipeline, event: { at: now, runId: 'r', ...event } });
  };
  const pipelines = [
    createScheduledPipeline('daily', createSchedule(every(hour))),
    createScheduledPipeline('a "quoted"\\ name', createSchedule(every(hour)), { prefix: 'g6', symbolLabel: 'index' }),
  ];
  for (const pipeline of pipelines) metrics.setPipeline(pipeline);
  for (const { name } of pipelines) {
    const step = {
      step: 'snap',
      dataset: 'option_snapshots',
      provider: 'mock',
      needs: [],
      span: null,
      tasks: 1,
      requests: 1,
      estimatedRequests: 0,
    } as const;
    run(name, {
      type: 'planned',
      tasks: 1,
      requests: 1,
      windows: 1,
      estimatedRequests: 1,
      estimatedMs: 0,
      steps: [step],
    });
    run(name, {
      type: 'request-completed',
      request: 'q',
      task: 't',
      provider: 'mock',
      outcome: 'rows',
      rows: 40,
      durationMs: 5,
    });
    run(name, {
      type: 'task-finished',
      task: 't',
      step: 'snap',
      symbol: 'NIFTY',
      status: 'ok',
      requests: 1,
      rows: 40,
      absences: [],
      durationMs: 5,
    });
    run(name, {
      type: 'task-finished',
      task: 'u',
      step: 'snap',
      symbol: 'BANKNIFTY',
      status: 'failed',
      requests: 1,
      rows: 0,
      reason: 'no answer',
      absences: [],
      durationMs: 5,
    });
    run(name, { type: 'rate-limited', provider: 'mock', budget: 'per second', waitedMs: 1500 });
    run(name, { type: 'breaker-changed', provider: 'mock', state: 'open', carriedOver: false });
    run(name, { type: 'breaker-changed', provider: 'mock', symbol: 'BANKNIFTY', state: 'open', carriedOver: false });
    run(name, {
      type: 'committed',
      dataset: 'option_snapshots',
      version: 1,
      requests: 1,
      rows: 40,
      files: 1,
      bytes: 1,
      durationMs: 1,
    });
    emit({ at: now, type: 'runs-missed', pipeline: name, reason: 'overlap', count: 2, first: 1, last: 2 });
    emit({
      at: now,
      type: 'cycle-ended',
      pipeline: name,
      trigger: 'due',
      next: null,
      due: now,
      startedAt: now - 3 * second,
      endedAt: now,
      outcome: 'partial',
      reason: 'one failed',
      run: 'run',
      requests: 1,
      rows: 40,
      failed: [{ symbol: 'BANKNIFTY', status: 'failed', reason: 'no answer' }],
    });
  }
  const counts = { run: null, requests: 0, rows: 0, failed: [] };
  const runners = pipelines.map((pipeline): PipelineState => ({
    pipeline,
    running: null,
    queued: null,
    waiting: 0,
    started: 1,
    last: { due: now, startedAt: now - 3 * second, endedAt: now, outcome: 'partial', reason: 'one failed', ...counts },
    next: now + hour,
  }));
  const collector: CollectorState = {
    startedAt: now - hour,
    lastPollAt: now,
    stopping: false,
    runners,
    slots: { max: 2, running: 1, queued: 3 },
    invalidFiles: [],
  };
  const text = await metrics.render({
    now,
    version: '1.0.0',
    collector,
    tables: [{ dataset: 'quotes', rows: 10, newest: now - 5 * second, open: { failed: 2, denied: 0 } }],
    budgets: [{ provider: 'mock', budget: 'per second', limit: 10, left: 4 }],
    isHealthy: false,
    residentBytes: 1,
  });
  return { text, collector, activity };
}
