import { describe, expect, it } from 'vitest';

import { checkHealth } from '../../../src/scheduler/monitoring/health.js';
import { buildStatusDocument, isStatusDocument } from '../../../src/scheduler/monitoring/status-document.js';
import { buildSampleMetrics, now } from './sample-metrics.js';

async function buildSampleDocument() {
  const { collector, activity } = await buildSampleMetrics();
  const identity = { pid: 1, host: 'h', address: null };
  return buildStatusDocument(identity, collector, checkHealth(collector, activity, now), activity, now);
}

describe('buildStatusDocument', () => {
  it('describes the health, the last cycle, the breakers and the errors of each pipeline', async () => {
    const document = await buildSampleDocument();
    expect(document.health).toBe('degraded');
    expect(document.pipelines[0]).toMatchObject({
      name: 'daily',
      last: { due: '2026-11-20T15:00:00Z', outcome: 'partial' },
      next: '2026-11-20T16:00:00Z',
      cycles: { partial: 1 },
      missed: { overlap: 2 },
      providers: { mock: 'healthy' },
      breakers: { mock: 'open', 'mock/BANKNIFTY': 'open' },
      symbolsWithErrors: 1,
      errors: { BANKNIFTY: 'no answer' },
    });
  });
});

describe('isStatusDocument', () => {
  it('accepts a document that was written and parsed again', async () => {
    const parsed: unknown = JSON.parse(JSON.stringify(await buildSampleDocument()));
    expect(isStatusDocument(parsed)).toBe(true);
  });

  it.each(['pid', 'health', 'pipelines', 'invalidFiles'])('rejects a document without the key %s', async (key) => {
    const parsed: unknown = JSON.parse(JSON.stringify({ ...(await buildSampleDocument()), [key]: undefined }));
    expect(isStatusDocument(parsed)).toBe(false);
  });
});
