import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { every, createSchedule, createScheduledPipeline } from './schedules.js';
import { hour, second } from '../../src/core/time/time.js';
import type { PipelineRunner } from '../../src/scheduler/pipeline-runner.js';
import { renderExposition } from '../../src/scheduler/monitoring/exposition.js';
import { checkHealth } from '../../src/scheduler/monitoring/health.js';
import { openHttpServer } from '../../src/scheduler/monitoring/http-server.js';
import { createCounters } from '../../src/scheduler/monitoring/counters.js';
import { buildMetrics } from '../../src/scheduler/monitoring/metrics.js';
import type { CollectorState } from '../../src/scheduler/collector.js';
import type { RunEventBody } from '../../src/core/events.js';
import { findRequirement, titled } from '../requirements.js';
import { createRig } from '../rig.js';

const docs = join(import.meta.dirname, '../../docs/monitoring');
const now = Date.UTC(2026, 10, 20, 15);

/** What two pipelines with different prefixes have measured after a cycle with every kind of event. */
function buildSampleMetrics() {
  const counters = createCounters();
  const run = (pipeline: string, event: RunEventBody): void => {
    counters.take({ at: now, type: 'run-event', pipeline, event: { at: now, runId: 'r', ...event } });
  };
  const pipelines = [
    createScheduledPipeline('daily', createSchedule(every(hour))),
    createScheduledPipeline('a "quoted"\\ name', createSchedule(every(hour)), { prefix: 'g6', symbolLabel: 'index' }),
  ];
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
      durationMs: 5,
    });
    run(name, { type: 'rate-limited', provider: 'mock', budget: 'per second', waitedMs: 1500 });
    run(name, { type: 'breaker-changed', provider: 'mock', state: 'open' });
    run(name, { type: 'breaker-changed', provider: 'mock', symbol: 'BANKNIFTY', state: 'open' });
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
    counters.take({ at: now, type: 'runs-missed', pipeline: name, reason: 'overlap', count: 2, first: 1, last: 2 });
    counters.take({
      at: now,
      type: 'cycle-ended',
      pipeline: name,
      why: 'due',
      next: null,
      due: now,
      startedAt: now - 3 * second,
      endedAt: now,
      outcome: 'partial',
      reason: 'one failed',
      run: 'run',
      requests: 1,
      rows: 40,
      failed: [{ symbol: 'BANKNIFTY', reason: 'no answer' }],
    });
  }
  const counts = { run: null, requests: 0, rows: 0, failed: [] };
  const runners = pipelines.map((pipeline): ReturnType<PipelineRunner['getState']> => ({
    pipeline,
    running: null,
    waiting: 0,
    started: 1,
    last: { due: now, startedAt: now - 3 * second, endedAt: now, outcome: 'partial', reason: 'one failed', ...counts },
    next: now + hour,
  }));
  const view: CollectorState = { startedAt: now - hour, lastPollAt: now, stopping: false, runners, invalidFiles: [] };
  const text = renderExposition(
    buildMetrics({
      now,
      version: '1.0.0',
      collector: view,
      counters,
      tables: [{ dataset: 'quotes', rows: 10, newest: now - 5 * second, open: { failed: 2, denied: 0 } }],
      budgets: [{ provider: 'mock', budget: 'per second', limit: 10, left: 4 }],
      healthy: false,
      residentBytes: 1,
    }),
  );
  return { text, view, counters };
}

describe('metrics', () => {
  it('have the names that dashboards of the older platform know', () => {
    const { text } = buildSampleMetrics();
    for (const line of [
      'g6_collection_success_total{pipeline="a \\"quoted\\"\\\\ name"} 0',
      'g6_collection_duration_seconds_bucket{pipeline="a \\"quoted\\"\\\\ name",le="5"} 1',
      'g6_options_collected_total{pipeline="a \\"quoted\\"\\\\ name",index="NIFTY"} 40',
      'g6_collection_errors_total{pipeline="a \\"quoted\\"\\\\ name",index="BANKNIFTY"} 1',
      'g6_provider_health_status{pipeline="a \\"quoted\\"\\\\ name",provider="mock"} 0',
      'g6_circuit_breaker_state{pipeline="a \\"quoted\\"\\\\ name",provider="mock"} 2',
      'g6_circuit_breaker_state{pipeline="a \\"quoted\\"\\\\ name",provider="mock",index="NIFTY"} 0',
      'g6_circuit_breaker_state{pipeline="a \\"quoted\\"\\\\ name",provider="mock",index="BANKNIFTY"} 2',
      'pipe_options_collected_total{pipeline="daily",symbol="NIFTY"} 40',
      'pipe_collection_missed_total{pipeline="daily",reason="overlap"} 2',
      'pipe_budget_used{provider="mock",budget="per second"} 6',
      'pipe_lake_newest_row_age_seconds{dataset="quotes"} 5',
      'pipe_gaps_open{dataset="quotes",state="failed"} 2',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    // Each name is described once.
    const helps = text.match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(helps).size).toBe(helps.length);
  });

  it('and alerts and the dashboard speak of the same things', () => {
    const known = new Set([...buildSampleMetrics().text.matchAll(/^# TYPE pipe_(\S+)/gm)].map(([, name]) => name));
    const alerts = readFileSync(join(docs, 'alerts.yaml'), 'utf8');
    const dashboard = readFileSync(join(docs, 'dashboard.json'), 'utf8');
    const readme = readFileSync(join(docs, 'README.md'), 'utf8');
    const used = [...alerts.matchAll(/\bpipe_([a-z_]+)/g), ...dashboard.matchAll(/\$\{prefix\}_([a-z_]+)/g)];
    expect(used.length).toBeGreaterThan(15);
    for (const [, name = ''] of used) expect(known).toContain(name.replace(/_bucket$/, ''));
    // Retries and moments are told only where there are some.
    for (const name of known) expect(readme).toContain(`\`${name ?? ''}\``);
  });
});

describe('health', () => {
  it('says why: what a restart may cure apart from what it cannot', () => {
    const { view, counters } = buildSampleMetrics();
    const { unhealthy, notReady } = checkHealth(view, counters, now);
    expect(unhealthy).toEqual([]);
    expect(notReady.filter(({ about }) => about === 'daily').map(({ problem }) => problem)).toEqual([
      'mock is left alone: it keeps failing',
    ]);
    expect(checkHealth(view, counters, now + 2 * hour).unhealthy.map(({ problem }) => problem)).toEqual([
      'has not looked after its pipelines since 2026-11-20T15:00:00Z',
      'was due at 2026-11-20T16:00:00Z and has not been started',
      'was due at 2026-11-20T16:00:00Z and has not been started',
    ]);
  });
});

const promtool = findRequirement('promtool');
const prometheus = findRequirement('prometheus');

describe.skipIf(promtool.missing)(titled('promtool', promtool), () => {
  it('finds nothing wrong with the metrics and the alert rules', () => {
    const { text } = buildSampleMetrics();
    const options = { encoding: 'utf8', stdio: 'pipe' } as const;
    expect(execFileSync(promtool.path, ['check', 'metrics'], { ...options, input: text })).toBe('');
    expect(execFileSync(promtool.path, ['check', 'rules', join(docs, 'alerts.yaml')], options)).toContain('SUCCESS');
  });

  it('sees the alert rules fire when they should', async () => {
    const rig = await createRig();
    await rig.write('alerts.yaml', readFileSync(join(docs, 'alerts.yaml'), 'utf8'));
    const cases = join(import.meta.dirname, 'monitoring', 'alerts.test.yaml');
    await rig.write('alerts.test.yaml', readFileSync(cases, 'utf8'));
    const { stdout } = await execa(promtool.path, ['test', 'rules', rig.path('alerts.test.yaml')]);
    expect(stdout).toContain('SUCCESS');
  });
});

describe.skipIf(prometheus.missing)(titled('Prometheus', prometheus), () => {
  it('reads what is measured', async () => {
    const rig = await createRig();
    const { text } = buildSampleMetrics();
    const server = await openHttpServer('127.0.0.1', 0, {
      health: () => ({ unhealthy: [], notReady: [] }),
      status: () => ({}),
      metrics: () => Promise.resolve(text),
    });
    const free = await openHttpServer('127.0.0.1', 0, {
      health: () => ({ unhealthy: [], notReady: [] }),
      status: () => ({}),
      metrics: () => Promise.resolve(''),
    });
    await free.close();
    const target = server.address.replace('http://', '');
    await rig.write(
      'prometheus.yml',
      `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: pipe\n    static_configs: [{ targets: ['${target}'] }]\n`,
    );
    const own = free.address.replace('http://', '');
    const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=tsdb', `--web.listen-address=${own}`];
    const child = execa(prometheus.path, args, { cwd: rig.folder, reject: false });
    try {
      const ask = async (query: string): Promise<string> => {
        const url = `http://${own}/api/v1/query?query=${encodeURIComponent(query)}`;
        return fetch(url)
          .then((response) => response.text())
          .catch(() => '');
      };
      await expect.poll(() => ask('up{job="pipe"}'), { interval: 250 }).toContain('"1"]');
      expect(await ask('pipe_options_collected_total{symbol="NIFTY"}')).toContain('"40"]');
      expect(await ask('g6_circuit_breaker_state{index="NIFTY"}')).toContain('"0"]');
      expect(await ask('g6_circuit_breaker_state{index="BANKNIFTY"}')).toContain('"2"]');
      expect(await ask('histogram_quantile(0.5, g6_collection_duration_seconds_bucket)')).toContain(
        '"status":"success"',
      );
    } finally {
      child.kill();
      await child;
      await server.close();
    }
  });
});
