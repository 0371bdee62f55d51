import { describe, expect, test } from 'vitest';

import type { RunEventBody } from '../../src/core/events.js';
import { minute } from '../../src/core/time/time.js';
import { describeEvent } from '../../src/outputs/describe-event.js';
import { failedRun, interruptedRun, largeRun, okRun, partialRun } from '../fixtures/sample-runs.js';

const describeBody = (body: RunEventBody): string => {
  const { level, message } = describeEvent({ at: 0, runId: 'run-1', ...body });
  return `${level}: ${message}`;
};

const task = { task: 'equity/AAPL', step: 'equity', symbol: 'AAPL', requests: 1 } as const;
const finished = { type: 'task-finished', ...task, rows: 252, absences: [], durationMs: 900 } as const;
const request = { request: 'run-1/7', task: 'equity/AAPL', provider: 'mock' } as const;
const completed = { type: 'request-completed', ...request, rows: 252, durationMs: 700 } as const;
const table = { version: 3, rows: 252, files: 1, bytes: 21_000, durationMs: 40 } as const;

describe('describeEvent', () => {
  test.each<[string, RunEventBody]>([
    [
      'info: run of daily started',
      {
        type: 'run-started',
        pipeline: { name: 'daily', description: null, file: 'daily.yaml', hash: '00' },
        version: '1',
        lake: '/lake',
      },
    ],
    [
      'info: committed 12 results (63 rows) received by 1 interrupted run',
      { type: 'spool-recovered', runs: ['run-0'], results: 12, rows: 63, tornBytes: 0 },
    ],
    [
      'warn: corrupted file in chains: part-1.parquet (missing); its windows are missing from now on',
      { type: 'corruption-detected', dataset: 'chains', path: 'part-1.parquet', problem: 'missing' },
    ],
    [
      'info: planned 12 requests and about 120 more, about 2m',
      {
        type: 'planned',
        tasks: 20,
        requests: 12,
        windows: 12,
        estimatedRequests: 120,
        estimatedMs: 2 * minute,
        steps: [],
      },
    ],
    [
      'info: planned no requests',
      { type: 'planned', tasks: 20, requests: 0, windows: 0, estimatedRequests: 0, estimatedMs: 0, steps: [] },
    ],
    ['debug: equity/AAPL started', { type: 'task-started', ...task }],
    ['debug: equity/AAPL ok, 252 rows', { ...finished, status: 'ok' }],
    ['debug: equity/AAPL up to date', { ...finished, status: 'up-to-date' }],
    ['error: equity/AAPL failed: no such stock', { ...finished, status: 'failed', reason: 'no such stock' }],
    ['warn: equity/AAPL partial: no permission', { ...finished, status: 'partial', reason: 'no permission' }],
    [
      'warn: equity/AAPL skipped: contracts/AAPL failed',
      { ...finished, status: 'skipped', reason: 'contracts/AAPL failed' },
    ],
    [
      'debug: waited 2m for the rate limit of mock: 60 requests in 10 minutes',
      { type: 'rate-limited', provider: 'mock', budget: '60 requests in 10 minutes', waitedMs: 2 * minute },
    ],
    [
      'debug: equity/AAPL: requested equity_bars/AAPL from mock, 1970-01-01 00:00 to 1970-01-01 00:01 UTC',
      { type: 'request-sent', ...request, series: 'equity_bars/AAPL', window: { start: 0, end: minute } },
    ],
    [
      'debug: equity/AAPL: requested contracts/AAPL from mock',
      { type: 'request-sent', ...request, series: 'contracts/AAPL', window: null },
    ],
    [
      'warn: equity/AAPL: no answer in 30s; retrying in 2s',
      {
        type: 'request-retried',
        request: 'run-1/7',
        task: 'equity/AAPL',
        attempt: 2,
        delay: 2_000,
        failure: 'retryable',
        message: 'no answer in 30s',
      },
    ],
    ['debug: equity/AAPL: received 252 rows from mock', { ...completed, outcome: 'rows' }],
    ['debug: equity/AAPL: received 252 rows from mock, incomplete', { ...completed, outcome: 'partial' }],
    ['debug: equity/AAPL: mock has no data', { ...completed, outcome: 'empty', rows: 0 }],
    [
      'debug: equity/AAPL: request to mock failed (denied): no permission',
      { ...completed, outcome: 'denied', rows: 0, message: 'no permission' },
    ],
    [
      'warn: circuit open for mock after repeated failures',
      { type: 'breaker-changed', provider: 'mock', state: 'open', carriedOver: false },
    ],
    ['info: mock: circuit closed', { type: 'breaker-changed', provider: 'mock', state: 'closed', carriedOver: false }],
    [
      'info: equity_bars: committed version 3 with 252 rows',
      { type: 'committed', dataset: 'equity_bars', requests: 1, ...table },
    ],
    [
      'info: daily_closes: replaced by version 3 with 252 rows',
      {
        type: 'table-replaced',
        task: 'daily_closes',
        dataset: 'daily_closes',
        ...table,
        columns: [],
        inputs: {},
        columnLineage: null,
      },
    ],
    [
      'info: option_bars: compacted 9 files into 5',
      { type: 'compacted', dataset: 'option_bars', version: 9, filesBefore: 9, filesAfter: 5 },
    ],
    [
      'debug: option_bars: removed 4 old files (21.0 kB)',
      { type: 'vacuumed', dataset: 'option_bars', files: 4, bytes: 21_000 },
    ],
    ['warn: lineage not delivered', { type: 'warning', message: 'lineage not delivered' }],
    [
      'info: run finished: ok, 409 requests, 38,210 rows',
      { type: 'run-finished', status: 'ok', requests: 409, rows: 38_210, durationMs: minute },
    ],
    [
      'error: run finished: failed, 0 requests, 0 rows: login refused',
      { type: 'run-finished', status: 'failed', requests: 0, rows: 0, durationMs: 0, reason: 'login refused' },
    ],
  ])('returns "%s"', (expected, body) => {
    expect(describeBody(body)).toBe(expected);
  });

  test('returns one line for every event of the sample runs', () => {
    for (const event of [okRun(), partialRun(), failedRun(), interruptedRun(), largeRun(100)].flat())
      expect(describeEvent(event).message).toMatch(/^[^\n]+$/);
  });
});
