import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/events.js';
import { createReportAccumulator, buildReport } from '../../../src/outputs/report/report-accumulator.js';
import { formatReportJson } from '../../../src/outputs/report/json.js';
import { ansiStyle } from '../../../src/platform/style.js';
import type { RunReport } from '../../../src/outputs/report/report.js';
import { totalCount } from '../../../src/outputs/report/counters.js';
import { formatReportText } from '../../../src/outputs/report/text.js';
import {
  crashedRun,
  emptyRun,
  failedRun,
  interruptedRun,
  largeRun,
  okRun,
  partialRun,
  runId,
} from '../../fixtures/sample-runs.js';

const folder = `lineage/2026-11-20/${runId}`;

const runs = {
  ok: okRun,
  partial: partialRun,
  failed: failedRun,
  interrupted: interruptedRun,
  empty: emptyRun,
  crashed: crashedRun,
  large: () => largeRun(10_000),
};

function report(events: readonly RunEvent[]): RunReport {
  const result = buildReport(events);
  if (result === null) throw new Error('the run never began');
  return result;
}

describe('the report of a run', () => {
  test.each(Object.entries(runs))('as text: %s', async (name, events) => {
    await expect(formatReportText(report(events()), { folder })).toMatchFileSnapshot(`expected/${name}.txt`);
  });

  test('as JSON', async () => {
    await expect(formatReportJson(report(partialRun()))).toMatchFileSnapshot('expected/partial-json.txt');
  });

  test('colours change nothing but colours', () => {
    const styled = formatReportText(report(partialRun()), { folder, style: ansiStyle });
    expect(styled).toContain('\u001b[31mfailed\u001b[39m');

    expect(styled.replace(/\u001b\[\d+m/g, '')).toBe(formatReportText(report(partialRun()), { folder }));
  });

  test('nothing is known before the run has begun', () => {
    expect(createReportAccumulator().report()).toBeNull();
  });

  test('a task that is under way counts with what it has done so far', () => {
    const events = okRun();
    const lastIndex = events.findIndex((event) => event.type === 'request-completed' && event.task === 'options/SPY');
    const partialReport = report(events.slice(0, lastIndex + 1));
    expect(partialReport.status).toBe('unfinished');
    expect(partialReport.steps.at(-1)).toMatchObject({ step: 'options', requests: 1, rows: 5 });
    expect(partialReport.steps.at(-1)?.tasks.open).toBe(5);
  });

  test('ten thousand tasks make a report of the size of a hundred', () => {
    const size = (count: number): number => formatReportJson(report(largeRun(count))).length;
    expect(size(10_000)).toBeLessThan(20 * 1024);
    const large = report(largeRun(40_000));
    expect(totalCount(large.problems.first[0]?.symbols ?? { first: [], more: 0 })).toBe(207);
    expect(large.problems.first[0]?.symbols.first).toHaveLength(200);
    expect(large.activity.answers.length).toBeLessThanOrEqual(120);
  });

  test('many different reasons are cut off, and counted', () => {
    const accumulator = createReportAccumulator();
    for (const event of okRun().slice(0, 3)) accumulator.add(event);
    for (let index = 0; index < 100; index++) {
      const symbol = `S${String(index)}`;
      const reason = `trouble number ${String(index)} of its own`;
      accumulator.add({
        at: 0,
        runId,
        type: 'task-finished',
        task: symbol,
        step: 'equity',
        symbol,
        status: 'failed',
        requests: 0,
        rows: 0,
        durationMs: 0,
        reason,
      });
    }
    const truncated = accumulator.report();
    expect(truncated?.problems.first).toHaveLength(60);
    expect(truncated?.problems.more).toBe(40);
  });

  test('every prefix of a run has a report whose parts agree', () => {
    const events = partialRun();
    fc.assert(
      fc.property(fc.nat(events.length - 1), (count) => {
        const prefix = report(events.slice(0, count + 1));
        const requests = prefix.steps.reduce((sum, step) => sum + step.requests, 0);
        const rows = prefix.steps.reduce((sum, step) => sum + step.rows, 0);
        expect({ requests: prefix.requests, rows: prefix.rows }).toEqual({ requests, rows });
        expect(prefix.activity.answers.reduce((sum, answers) => sum + answers, 0)).toBe(
          prefix.outcomes.reduce((sum, { count: of }) => sum + of, 0),
        );
        const tasks = Object.values(prefix.tasks).reduce((sum, of) => sum + of, 0);
        expect(tasks).toBe(prefix.planned?.tasks ?? 0);
      }),
    );
  });
});
