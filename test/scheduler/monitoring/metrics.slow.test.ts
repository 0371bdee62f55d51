import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { hour } from '../../../src/core/time/time.js';
import { createActivity } from '../../../src/scheduler/monitoring/activity.js';
import { openHttpServer } from '../../../src/scheduler/monitoring/http-server.js';
import { createMetrics } from '../../../src/scheduler/monitoring/metrics.js';
import { findRequirement, titled } from '../../requirements.js';
import { createRig } from '../../rig.js';
import { createSchedule, createScheduledPipeline, every } from '../schedules.js';
import { buildSampleMetrics, now } from './sample-metrics.js';

const docs = join(import.meta.dirname, '../../../docs/monitoring');

describe('createMetrics', () => {
  it('renders the names and labels that each pipeline has configured', async () => {
    const { text } = await buildSampleMetrics();
    for (const line of [
      'g6_collection_success_total{pipeline="a \\"quoted\\"\\\\ name"} 0',
      'g6_collection_duration_seconds_bucket{le="5",pipeline="a \\"quoted\\"\\\\ name"} 1',
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
    // Each name has one description.
    const helps = text.match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(helps).size).toBe(helps.length);
  });

  it('renders every metric that the alert rules, the dashboard and the page of metrics name', async () => {
    const { text } = await buildSampleMetrics();
    const known = new Set([...text.matchAll(/^# TYPE pipe_(\S+)/gm)].map(([, name]) => name));
    const alerts = readFileSync(join(docs, 'alerts.yaml'), 'utf8');
    const dashboard = readFileSync(join(docs, 'dashboard.json'), 'utf8');
    const readme = readFileSync(join(docs, '../reference/metrics.md'), 'utf8');
    const used = [...alerts.matchAll(/\bpipe_([a-z_]+)/g), ...dashboard.matchAll(/\$\{prefix\}_([a-z_]+)/g)];
    expect(used.length).toBeGreaterThan(15);
    for (const [, name = ''] of used) expect(known).toContain(name.replace(/_bucket$/, ''));
    for (const name of known) expect(readme).toContain(`\`${name ?? ''}\``);
  });
});

describe('counters of a pipeline', () => {
  const render = async (metrics: ReturnType<typeof createMetrics>, prefix: string) => {
    const pipeline = createScheduledPipeline('daily', createSchedule(every(hour)), { prefix, symbolLabel: 'symbol' });
    metrics.setPipeline(pipeline);
    const state = { pipeline, running: null, queued: null, waiting: 0, started: 0, last: null, next: null };
    const collector = {
      startedAt: now,
      lastPollAt: now,
      stopping: false,
      slots: { max: 2, running: 0, queued: 0 },
      runners: [state],
      invalidFiles: [],
    };
    const rest = { tables: [], budgets: [], isHealthy: true, residentBytes: 1 };
    return (await metrics.render({ now, version: '1', collector, ...rest })).split('\n');
  };
  const missed = {
    at: now,
    type: 'runs-missed',
    pipeline: 'daily',
    reason: 'overlap',
    count: 2,
    first: 1,
    last: 2,
  } as const;

  it('start at 0, keep their values when the pipeline is reloaded, and restart when its prefix changes', async () => {
    const metrics = createMetrics(createActivity());
    expect(await render(metrics, 'pipe')).toContain(
      'pipe_collection_missed_total{pipeline="daily",reason="overlap"} 0',
    );
    expect(await render(metrics, 'pipe')).toContain('pipe_collection_success_total{pipeline="daily"} 0');
    metrics.handle(missed);
    expect(await render(metrics, 'pipe')).toContain(
      'pipe_collection_missed_total{pipeline="daily",reason="overlap"} 2',
    );
    const lines = await render(metrics, 'g6');
    expect(lines).toContain('g6_collection_missed_total{pipeline="daily",reason="overlap"} 0');
    expect(lines.filter((line) => line.startsWith('pipe_'))).toEqual([]);
  });
});

const promtool = findRequirement('promtool');
const prometheus = findRequirement('prometheus');

describe.skipIf(promtool.missing)(titled('promtool', promtool), () => {
  it('accepts the metrics and the alert rules', async () => {
    const { text } = await buildSampleMetrics();
    const options = { encoding: 'utf8', stdio: 'pipe' } as const;
    expect(execFileSync(promtool.path, ['check', 'metrics'], { ...options, input: text })).toBe('');
    expect(execFileSync(promtool.path, ['check', 'rules', join(docs, 'alerts.yaml')], options)).toContain('SUCCESS');
  });

  it('fires the alert rules in the cases of alerts.test.yaml', async () => {
    const rig = await createRig();
    await rig.write('alerts.yaml', readFileSync(join(docs, 'alerts.yaml'), 'utf8'));
    const cases = join(import.meta.dirname, 'alerts.test.yaml');
    await rig.write('alerts.test.yaml', readFileSync(cases, 'utf8'));
    const { stdout } = await execa(promtool.path, ['test', 'rules', rig.path('alerts.test.yaml')]);
    expect(stdout).toContain('SUCCESS');
  });
});

describe.skipIf(prometheus.missing)(titled('Prometheus', prometheus), () => {
  it('scrapes the metrics over HTTP', async () => {
    const rig = await createRig();
    const { text } = await buildSampleMetrics();
    const server = await openHttpServer('127.0.0.1', 0, {
      health: () => ({ unhealthy: [], notReady: [] }),
      status: () => expect.unreachable(),
      metrics: () => Promise.resolve(text),
    });
    const free = await openHttpServer('127.0.0.1', 0, {
      health: () => ({ unhealthy: [], notReady: [] }),
      status: () => expect.unreachable(),
      metrics: () => Promise.resolve(''),
    });
    await free.close();
    const target = server.address.replace('http://', '');
    await rig.write(
      'prometheus.yml',
      `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: pipe\n    static_configs: [{ targets: ['${target}'] }]\n`,
    );
    const listenAddress = free.address.replace('http://', '');
    const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=tsdb', `--web.listen-address=${listenAddress}`];
    const child = execa(prometheus.path, args, { cwd: rig.folder, reject: false });
    try {
      const runQuery = async (query: string): Promise<string> => {
        const url = `http://${listenAddress}/api/v1/query?query=${encodeURIComponent(query)}`;
        return fetch(url)
          .then((response) => response.text())
          .catch(() => '');
      };
      await expect.poll(() => runQuery('up{job="pipe"}'), { interval: 250 }).toContain('"1"]');
      expect(await runQuery('pipe_options_collected_total{symbol="NIFTY"}')).toContain('"40"]');
      expect(await runQuery('g6_circuit_breaker_state{index="NIFTY"}')).toContain('"0"]');
      expect(await runQuery('g6_circuit_breaker_state{index="BANKNIFTY"}')).toContain('"2"]');
      expect(await runQuery('histogram_quantile(0.5, g6_collection_duration_seconds_bucket)')).toContain(
        '"status":"success"',
      );
    } finally {
      child.kill();
      await child;
      await server.close();
    }
  });
});
