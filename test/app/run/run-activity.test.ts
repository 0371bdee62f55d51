import { expect, test } from 'vitest';

import { createRunActivity } from '../../../src/app/run/run-activity.js';
import type { RunEventBody } from '../../../src/core/events.js';

const step = { task: 'export', step: 'export', symbol: null } as const;
const request = { task: 'equity/AAPL', provider: 'ib', series: 'equity_bars/AAPL', window: null } as const;
const planned: RunEventBody = {
  type: 'planned',
  tasks: 1,
  requests: 2,
  windows: 2,
  estimatedRequests: 0,
  estimatedMs: 0,
  steps: [],
};
const finished: RunEventBody = { type: 'run-finished', status: 'ok', requests: 0, rows: 0, durationMs: 1 };

test.each<[string, readonly RunEventBody[]]>([
  ['the plan', []],
  ['the commit of what was received', [planned]],
  ['1 request in flight', [planned, { type: 'request-sent', request: 'run/1', ...request }]],
  ['the step export', [planned, { type: 'task-started', ...step, requests: 0 }]],
  [
    'the commit of what was received',
    [
      planned,
      { type: 'task-started', ...step, requests: 0 },
      { type: 'task-finished', ...step, status: 'ok', requests: 0, rows: 0, absences: [], durationMs: 1 },
    ],
  ],
  ['notifications and the report', [planned, finished]],
])('a run that is stopped waits for %s', (text, events) => {
  const activity = createRunActivity();
  for (const event of events) activity.handle({ at: 0, runId: 'run', ...event });
  expect(activity.describe()).toBe(text);
});
