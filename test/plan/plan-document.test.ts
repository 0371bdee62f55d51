import { describe, expect, test } from 'vitest';

import { planDocument } from '../../src/plan/plan-document.js';
import { createPipeline } from '../fixtures/pipelines.js';
import { createPlanningFixture } from '../fixtures/planning.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');

describe('the plan as JSON', () => {
  const document = planDocument(createPlanningFixture(createPipeline(['AAPL'])).plan(saturday));
  const read: unknown = JSON.parse(JSON.stringify(document));

  test('has the documented keys', () => {
    expect(read).toMatchObject({
      requests: 3,
      windows: 3,
      estimatedSeconds: 15,
      tasks: [
        { id: 'contracts/AAPL', step: 'contracts', symbol: 'AAPL', requests: 1, reason: 'never requested' },
        { id: 'chains/AAPL', windows: [['2026-11-21T12:00:00Z', '2026-11-21T12:00:00.001Z']] },
        { id: 'equity/AAPL', windows: [['2026-11-16T05:00:00Z', '2026-11-21T05:00:00Z']] },
        { id: 'options/AAPL', requests: 0, windows: [], status: 'deferred', estimatedRequests: 12 },
      ],
    });
  });

  test('has the series, window and closed windows of each request', () => {
    expect(read).toMatchObject({
      tasks: [
        { requestDetails: [{ series: 'contracts/AAPL', provider: 'mock', window: null, closes: [] }] },
        {},
        {
          requestDetails: [
            {
              series: 'equity_bars/AAPL/1 day/TRADES/rth',
              window: ['2026-11-16T05:00:00Z', '2026-11-21T05:00:00Z'],
              closes: [['2026-11-16T05:00:00Z', '2026-11-21T05:00:00Z']],
            },
          ],
          reasons: ['never requested'],
        },
        { requestDetails: [] },
      ],
    });
  });

  test('is unchanged after a round trip through JSON', () => {
    expect(read).toEqual(document);
  });
});
