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

test('describes a run without requests and rows as up to date', () => {
  const report = createReport({});
  expect([describeStatus(report).text, describeOutcome(report)]).toEqual(['up to date', 'nothing to fetch']);
});

test('describes a run in which only a custom step stored rows as ok, with the number of rows', () => {
  const report = createReport({ rows: 27 });
  expect([describeStatus(report).text, describeOutcome(report)]).toEqual(['ok', '0 requests, 27 rows in 1s']);
});
