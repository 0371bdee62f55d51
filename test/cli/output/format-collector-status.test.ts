import { expect, test } from 'vitest';

import { formatCollectorStatus } from '../../../src/cli/output/format-collector-status.js';
import { plainStyle } from '../../../src/platform/style.js';
import type { PipelineStatus, StatusDocument } from '../../../src/scheduler/monitoring/status-document.js';

const now = Date.parse('2026-11-23T23:00:00Z');

const pipeline: PipelineStatus = {
  name: 'daily',
  file: 'daily.yaml',
  running: null,
  waiting: 0,
  last: {
    due: '2026-11-23T22:30:00Z',
    startedAt: '2026-11-23T22:30:00Z',
    endedAt: '2026-11-23T22:31:00Z',
    outcome: 'partial',
    reason: null,
    run: 'r1',
    requests: 3,
    rows: 5,
  },
  next: '2026-11-23T23:30:00Z',
  cycles: { partial: 1 },
  missed: {},
  providers: { ib: 'unhealthy', mock: 'healthy' },
  providerEvidence: {
    ib: { answeredAt: '2026-11-23T20:00:00Z', failedAt: '2026-11-23T22:55:00Z', failure: 'connection refused' },
    mock: { answeredAt: '2026-11-23T22:31:00Z', failedAt: null, failure: null },
  },
  timeZone: 'America/New_York',
  breakers: { ib: 'closed', 'ib/AAPL': 'open' },
  symbolsWithErrors: 1,
  errors: { MSFT: 'no permission' },
};

const document: StatusDocument = {
  pid: 12,
  host: 'host',
  address: 'http://127.0.0.1:9108',
  at: '2026-11-23T23:00:00Z',
  startedAt: '2026-11-23T20:00:00Z',
  health: 'degraded',
  problems: [{ about: 'daily', problem: 'the last run was partial' }],
  pipelines: [pipeline],
  invalidFiles: [],
};

test('a running collector is shown with its health, problems and pipelines', () => {
  expect(formatCollectorStatus({ alive: true, document }, now, plainStyle)).toEqual([
    '  collector  degraded, pid 12, http://127.0.0.1:9108',
    '    daily: the last run was partial',
    '    daily: last 2026-11-23 17:30 New York partial, next 2026-11-23 18:30 New York (in 30m), ' +
      'ib unhealthy (connection refused, 5m ago; last answered 3h ago), mock healthy (answered 29m ago), circuit breakers: ib/AAPL (open), errors of 1 symbol: MSFT (no permission)',
  ]);
});

test('a killed collector is shown as died, with the command to restart it', () => {
  expect(formatCollectorStatus({ alive: false, document }, now, plainStyle)).toEqual([
    '  collector  died (pid 12); restart it with: pipe serve',
  ]);
});

test('shows how many runs are in progress and queued, and since when a pipeline waits', () => {
  const queued = { due: '2026-11-23T22:30:00Z', since: '2026-11-23T22:30:05Z' };
  const busy = { ...document, runs: { max: 2, running: 2, queued: 37 }, pipelines: [{ ...pipeline, queued }] };
  const lines = formatCollectorStatus({ alive: true, document: busy }, now, plainStyle);
  expect(lines[0]).toMatch(/, 2 of 2 runs in progress, 37 queued$/);
  expect(lines.at(-1)).toContain('daily: queued since 2026-11-23 22:30:05 UTC (due 2026-11-23 17:30 New York), last');
});
