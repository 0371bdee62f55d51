import { expect, test } from 'vitest';

import { describeOutcome, describeStatus } from '../../../src/outputs/report/descriptions.js';
import { buildReport } from '../../../src/outputs/report/report-accumulator.js';
import type { RunReport } from '../../../src/outputs/report/report.js';
import { emptyRun } from '../../fixtures/sample-runs.js';

function createReport(changes: Partial<RunReport>): RunReport {
  const report = buildReport(emptyRun());
  if (report === null) throw new Error('no run-started event');
  return { ...report, status: 'ok', requests: 0, rows: 0, durationMs: 1_000, ...changes };
}

test('a run without requests and rows is ok, and fetched nothing', () => {
  const report = createReport({});
  expect([describeStatus(report).text, describeOutcome(report)]).toEqual(['ok', 'nothing to fetch']);
});

test('describes a run in which only a custom step stored rows as ok, with the number of rows', () => {
  const report = createReport({ rows: 27 });
  expect([describeStatus(report).text, describeOutcome(report)]).toEqual(['ok', '0 requests, 27 rows in 1s']);
});

test('a run in which only a custom step ran, without rows, did not merely find nothing to fetch', () => {
  const counts = { ok: 1, 'up-to-date': 0, partial: 0, failed: 0, skipped: 0, cancelled: 0, open: 0 };
  const names = { step: 'returns', dataset: 'returns', provider: null, needs: [], planned: null };
  const step = { ...names, tasks: counts, requests: 0, rows: 0, span: null };
  expect(describeOutcome(createReport({ steps: [step] }))).toBe('0 requests, 0 rows in 1s');
});
