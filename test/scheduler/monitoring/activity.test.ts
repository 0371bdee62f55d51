import { expect, it } from 'vitest';

import type { RunEventBody } from '../../../src/core/events.js';
import { createActivity } from '../../../src/scheduler/monitoring/activity.js';

it('a computed step is no activity of a provider', () => {
  const activity = createActivity();
  const run = (event: RunEventBody): void => {
    activity.handle({ at: 1, type: 'run-event', pipeline: 'daily', event: { at: 1, runId: 'r', ...event } });
  };
  const counts = { tasks: 1, requests: 1, estimatedRequests: 0 };
  run({
    type: 'planned',
    ...counts,
    windows: 1,
    estimatedMs: 0,
    steps: [{ step: 'overview', dataset: 'overviews', provider: 'pipe', needs: [], span: null, ...counts }],
  });
  run({
    type: 'request-completed',
    request: 'r/1',
    task: 'overview/SPY',
    provider: 'pipe',
    outcome: 'invalid',
    rows: 0,
    durationMs: 1,
  });
  run({
    type: 'task-finished',
    task: 'overview/SPY',
    step: 'overview',
    symbol: 'SPY',
    status: 'failed',
    requests: 1,
    rows: 0,
    absences: [],
    durationMs: 1,
  });
  expect([...activity.forPipeline('daily').providers.keys()]).toEqual([]);
});
