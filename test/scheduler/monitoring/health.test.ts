import { describe, expect, it } from 'vitest';

import { hour, minute } from '../../../src/core/time/time.js';
import { checkHealth, getHealthStatus } from '../../../src/scheduler/monitoring/health.js';
import { buildSampleMetrics, now } from './sample-metrics.js';

describe('checkHealth', () => {
  it('reports an open circuit as degraded, and a missed poll and overdue runs as unhealthy', async () => {
    const { collector, activity } = await buildSampleMetrics();
    const { unhealthy, notReady } = checkHealth(collector, activity, now);
    expect(unhealthy).toEqual([]);
    expect(notReady.filter(({ about }) => about === 'daily').map(({ problem }) => problem)).toEqual([
      'circuit open for mock after repeated failures',
    ]);
    const later = checkHealth(collector, activity, now + 2 * hour);
    expect(later.unhealthy.map(({ problem }) => problem)).toEqual([
      'the collector hangs: it last checked its pipelines at 2026-11-20 15:00 UTC',
      'the run due at 2026-11-20 16:00 UTC has not started',
      'the run due at 2026-11-20 16:00 UTC has not started',
    ]);
    const [first] = collector.runners;
    const cycle = { due: now, trigger: 'due' } as const;
    const queued = {
      ...collector,
      runners: first === undefined ? [] : [{ ...first, queued: { waitsFor: 'free-slot', cycle, since: now } as const }],
    };
    const problems = checkHealth(queued, activity, now + 11 * minute).notReady.map(({ problem }) => problem);
    expect(problems).toContain(
      'the run due at 2026-11-20 15:00 UTC has waited 11m for a free slot; raise --max-concurrent-runs or space the schedules out',
    );
    expect(getHealthStatus({ unhealthy, notReady })).toBe('degraded');
    expect(getHealthStatus(later)).toBe('unhealthy');
    expect(getHealthStatus({ unhealthy: [], notReady: [] })).toBe('healthy');
  });
});
